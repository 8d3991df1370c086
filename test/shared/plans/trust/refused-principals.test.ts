import { expect, it } from 'vitest';
import type { Change } from '../../../../shared/changes/change.ts';
import { refusedPrincipals } from '../../../../shared/plans/trust/refused-principals.ts';

const target = { account: '111122223333', arn: 'arn:aws:iam::111122223333:role/shop' };
const written = (after: string | null): Change => ({ kind: 'trust-policy', target, before: '{}', after });
const trusting = (AWS: string | string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  });

it.each<[string, Change, boolean]>([
  ['a role that was deleted', written(trusting('AROAQXF3MJ6LTB2VWEZ5K')), true],
  [
    'a user that was deleted, among others',
    written(trusting(['111122223333', 'AIDAQXF3MJ6LTB2VWEZ5K'])),
    true,
  ],
  ['roles by their ARNs', written(trusting('arn:aws:iam::111122223333:role/AROA')), false],
  ['an account', written(trusting('111122223333')), false],
  ['a policy that goes', written(null), false],
  ['what is no policy', written('{'), false],
])('IAM refuses a policy with %s, or not', (_name, change, refused) => {
  expect(refusedPrincipals([change]).length > 0).toBe(refused);
});
