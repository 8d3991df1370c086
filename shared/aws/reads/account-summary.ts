import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import type { Account } from '../../estate/snapshot.ts';
import type { AccountReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';

export const permissions: Permissions = { actions: ['iam:GetAccountSummary'], for: 'read' };

/** The account's own quotas. The number of OIDC providers allowed is not among what IAM tells. */
export async function readQuotas({ reading, place, client }: AccountReader): Promise<Account['quotas']> {
  const answer = await reading.one('iam:GetAccountSummary', place, () =>
    client('iam', null).send(new GetAccountSummaryCommand({})),
  );
  if (answer === undefined) return undefined;
  const size = answer.SummaryMap?.AssumeRolePolicySizeQuota;
  return present({ trustPolicyLength: Number.isInteger(size) ? size : undefined });
}
