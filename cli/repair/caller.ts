import type { Approver } from '../../shared/changes/guards/approval.ts';

/** Who AWS says the caller is. Throws the SDK's error. */
export async function callerOf(profile: string | undefined): Promise<Approver> {
  const { createClients } = await import('../../shared/aws/clients.ts');
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const sts = createClients(profile === undefined ? {} : { profile })('sts', null, null);
  const { Arn, Account, UserId } = await sts.send(new GetCallerIdentityCommand({}));
  if (Arn === undefined || Account === undefined || UserId === undefined)
    throw new Error('The answer to GetCallerIdentity is not understood.');
  return { arn: Arn, account: Account, userId: UserId };
}
