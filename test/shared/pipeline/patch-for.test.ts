import { expect, it } from 'vitest';
import type { Change } from '../../../shared/changes/change.ts';
import { patchFor } from '../../../shared/pipeline/repair/leave.ts';
import { ACCOUNT, trustChange } from '../../support/plans.ts';

const association: Change = {
  kind: 'pod-identity-association',
  target: {
    account: ACCOUNT,
    region: 'eu-west-1',
    cluster: 'prod',
    namespace: 'shop',
    serviceAccount: 'cart',
  },
  before: null,
  after: { roleArn: `arn:aws:iam::${ACCOUNT}:role/shop` },
};
const snippet = (form: 'terraform' | 'policy') => ({ form, title: 't', target: 'shop', text: 'x' });

it.each<[string, Parameters<typeof patchFor>[0], readonly string[]]>([
  [
    'everything that can say it, where nobody knows who put it back',
    { snippets: [], changes: [association] },
    ['terraform', 'cloudformation', 'eksctl'],
  ],
  [
    'no eksctl for a trust policy, of which it has no setting',
    { snippets: [snippet('policy')], changes: [trustChange('shop', '{}')] },
    ['terraform', 'cloudformation'],
  ],
  [
    'what the plan has for the owner that it knows',
    { snippets: [snippet('terraform'), snippet('policy')], changes: [association] },
    ['terraform'],
  ],
])('the patch for an owner is %s', (_what, plan, forms) => {
  expect(patchFor(plan).map(({ form }) => form)).toEqual(forms);
});
