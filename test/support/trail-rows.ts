import { COLUMNS } from '../../shared/aws/evidence/trail/query.ts';

export type TrailRow = Partial<Record<(typeof COLUMNS)[number], string | null>>;

const ACCOUNT = '111122223333';
const TIMES = { earliest: '2026-11-20T10:00:00Z', latest: '2026-11-22T11:00:00Z' };
const PROVIDER =
  'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9';
const ROLE = 'arn:aws:iam::111122223333:role/pods/payments-api';
const SUBJECT = 'system:serviceaccount:payments:api';

const row = (changes: TrailRow): TrailRow => ({
  account: ACCOUNT,
  region: 'eu-west-1',
  ...TIMES,
  counted: '3',
  reads: '3',
  latestid: 'event-1',
  refused: 'false',
  ...changes,
});

/** What the table holds of an account in a region at all. */
export const otherRow = (changes: TrailRow = {}): TrailRow =>
  row({
    kind: 'other',
    refused: null,
    earliest: '2026-11-15T12:00:03Z',
    latest: '2026-11-22T11:58:00Z',
    ...changes,
  });

const sts = { service: 'sts.amazonaws.com', rolearn: ROLE };

/** A web identity that was let in. */
export const webRow = (changes: TrailRow = {}): TrailRow =>
  row({
    kind: 'web',
    ...sts,
    operation: 'AssumeRoleWithWebIdentity',
    principal: `${PROVIDER}:sts.amazonaws.com:${SUBJECT}`,
    username: SUBJECT,
    provider: PROVIDER,
    ...changes,
  });

/** One that was refused. */
export const refusedWebRow = (changes: TrailRow = {}): TrailRow =>
  webRow({ refused: 'true', latestcode: 'AccessDenied', provider: null, ...changes });

export const agentRow = (changes: TrailRow = {}): TrailRow =>
  row({
    kind: 'agent',
    service: 'eks-auth.amazonaws.com',
    operation: 'AssumeRoleForPodIdentity',
    refused: 'true',
    latestcode: 'AccessDenied',
    rolearn: 'arn:aws:iam::111122223333:role/shop-node',
    clustername: 'shop',
    ...changes,
  });

export const associationRow = (changes: TrailRow = {}): TrailRow =>
  row({
    kind: 'association',
    ...sts,
    operation: 'AssumeRole',
    clustername: 'shop',
    namespace: 'payments',
    serviceaccount: 'api',
    ...changes,
  });

export const callRow = (changes: TrailRow = {}): TrailRow =>
  row({
    kind: 'call',
    service: 'ec2.amazonaws.com',
    operation: 'DescribeInstances',
    refused: 'true',
    latestcode: 'Client.UnauthorizedOperation',
    rolearn: ROLE,
    provider: PROVIDER,
    action: 'ec2:DescribeInstances',
    reason: 'because no identity-based policy allows',
    ...changes,
  });

/** The page of GetQueryResults; the first one has the names of the columns. */
export function page(
  rows: readonly TrailRow[],
  { header = true, next }: { header?: boolean; next?: string } = {},
) {
  const data = (values: readonly (string | null | undefined)[]) => ({
    Data: values.map((value) => (value === null || value === undefined ? {} : { VarCharValue: value })),
  });
  return {
    ResultSet: {
      Rows: [
        ...(header ? [data(COLUMNS)] : []),
        ...rows.map((one) => data(COLUMNS.map((name) => one[name]))),
      ],
    },
    ...(next !== undefined && { NextToken: next }),
  };
}
