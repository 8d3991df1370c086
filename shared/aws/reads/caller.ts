import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Permissions } from '../permission.ts';

/** IAM cannot deny it, service control policies can. */
export const permissions: Permissions = { actions: ['sts:GetCallerIdentity'], for: 'read' };

export interface Caller {
  readonly account: string;
  readonly partition: string;
  readonly arn: string;
}

/** Whose credentials these are. Throws the SDK's error, or an Error when the answer is not understood. */
export async function readCaller(sts: STSClient): Promise<Caller> {
  const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
  const partition = /^arn:([a-z][a-z0-9-]*):/.exec(Arn ?? '')?.[1];
  if (!Account || !/^\d{12}$/.test(Account) || !Arn || partition === undefined) {
    throw new Error('malformed answer to GetCallerIdentity: no account id or ARN');
  }
  return { account: Account, partition, arn: Arn };
}
