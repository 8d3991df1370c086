import { PRODUCTION, STAGING } from '../../../simulator/demo/places.ts';

const arn = (name: string) => `arn:aws:iam::${PRODUCTION.id}:role/${name}`;
const PAYMENTS = arn('prod-shop-payments');

/** What documents write for a name, and who or what has that part in the demo organization and the stage's files. */
export const STAND_INS: Readonly<Record<string, string>> = {
  prod: 'prod-shop',
  'prod-1': 'prod-shop',
  'prod-2': 'prod-edge',
  C: 'prod-shop',
  CLUSTER: 'prod-shop',
  N: 'shop',
  NAMESPACE: 'shop',
  S: 'payments',
  NAME: 'payments',
  api: 'payments',
  'shop-api': 'prod-shop-payments',
  ROLE: 'prod-shop-payments',
  ARN: arn('prod-data-analyst'),
  'arn:aws:iam::111122223333:role/shop-api': PAYMENTS,
  'arn:aws:iam::111122223333:role/team/shop-api': PAYMENTS,
  'arn:aws:iam::111122223333:role/team/dev': arn('prod-data-analyst'),
  'arn:aws:iam::111122223333:role/dev': arn('prod-data-analyst'),
  'arn:aws:eks:eu-west-1:111122223333:cluster/prod': `arn:aws:eks:eu-central-1:${PRODUCTION.id}:cluster/prod-shop`,
  '$(aws sts get-caller-identity --query Arn --output text)': arn('prod-data-analyst'),
  '222233334444,333344445555': `${PRODUCTION.id},${STAGING.id}`,
  '222233334444': STAGING.id,
  '111122223333': STAGING.id,
  URL: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
  // By the command where the same name stands for different things.
  'replay FILE…': 'event.json',
  'lint …': 'trust.json',
  'permissions NAME': 'prod-shop',
  // payments has an association, which comes before an annotation.
  'annotate api': 'cart',
  FILE: 'trust.json',
  'FILE…': 'trust.json',
  OLD: 'old.json',
  NEW: 'new.json',
  KIND: 'associations',
  TABLE: 'table',
  '$(output RepairTableName)': 'table',
  'PodtrustHub-RepairsTable…': 'table',
  'PodtrustHub-FindingsTable…': 'table',
  '3f1c…': '0123456789abcdef0123456789abcdef',
  '/tmp/look': 'look',
  '/tmp/look/snapshot.json': 'estate.json',
  'podtrust-demo/snapshot.json': 'estate.json',
  // By its full path, which the test fills in: a kubeconfig is read by the client of Kubernetes.
  '~/.kube/config': 'KUBECONFIG',
  'https://oidc.eks.eu-west-1.amazonaws.com/id/ABCD':
    'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE',
};
