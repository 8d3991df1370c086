import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/changes/change.ts';
import type { Finding } from '../../../shared/findings/finding.ts';
import { touches } from '../../../shared/plans/touches.ts';

const ACCOUNT = '111122223333';
const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const place = { account: ACCOUNT, region: 'eu-west-1', cluster: 'shop' };
const account = { ...place, namespace: 'shop', serviceAccount: 'cart' };
const found = (where: Partial<Finding>) =>
  ({ rule: 'r', account: ACCOUNT, evidence: {}, ...where }) as Finding;

describe('what a change touches', () => {
  const addon = (before: object, after: object) =>
    ({ kind: 'addon', target: { ...place, addon: 'csi' }, before, after }) as Change;

  it.each<[string, Change]>([
    ['an add-on gets it', addon({}, { serviceAccountRoleArn: arn('own') })],
    ['an add-on loses it', addon({ serviceAccountRoleArn: arn('own') }, {})],
    [
      'an add-on’s association gives it',
      addon({}, { podIdentityAssociations: [{ serviceAccount: 'csi', roleArn: arn('own') }] }),
    ],
    [
      'an association goes on to it',
      {
        kind: 'pod-identity-association',
        target: account,
        before: null,
        after: { roleArn: arn('first'), targetRoleArn: arn('own') },
      },
    ],
    [
      'an annotation names it no more',
      {
        kind: 'service-account-annotation',
        target: { ...account, annotation: 'eks.amazonaws.com/role-arn' },
        before: arn('own'),
        after: null,
      },
    ],
  ])('is a role where %s, and no other', (_name, change) => {
    expect(touches(found({ role: arn('own') }), [change])).toBe(true);
    expect(touches(found({ role: arn('other') }), [change])).toBe(false);
    expect(touches(found({ region: 'eu-west-1', cluster: 'shop' }), [change])).toBe(true);
    expect(touches(found({ region: 'us-east-1', cluster: 'shop' }), [change])).toBe(false);
  });
});
