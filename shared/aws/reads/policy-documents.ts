import { GetPolicyCommand, GetPolicyVersionCommand } from '@aws-sdk/client-iam';
import { type ManagedPolicy, managedPolicySchema } from '../../estate/snapshot.ts';
import type { AccountReader } from '../account-reader.ts';
import { decodeDocument } from '../decode-document.ts';
import type { Permissions } from '../permission.ts';

export const permissions: Permissions = { actions: ['iam:GetPolicy', 'iam:GetPolicyVersion'], for: 'read' };

/** Documents that the bulk read left out, a policy that is only a boundary for instance: two calls for each. */
export async function readPolicyDocuments(
  account: AccountReader,
  arns: readonly string[],
): Promise<readonly ManagedPolicy[]> {
  const read = await Promise.all(arns.map((arn) => readPolicyDocument(account, arn)));
  return read.filter((policy) => policy !== undefined);
}

async function readPolicyDocument(account: AccountReader, arn: string): Promise<ManagedPolicy | undefined> {
  const { reading } = account;
  const place = { ...account.place, subject: arn };
  const iam = account.client('iam', null);
  const policy = await reading.one('iam:GetPolicy', place, () =>
    iam.send(new GetPolicyCommand({ PolicyArn: arn })),
  );
  if (policy === undefined) return undefined;
  const VersionId = policy.Policy?.DefaultVersionId;
  if (!VersionId) {
    reading.gap('iam:GetPolicy', place, 'malformed answer: no default version');
    return undefined;
  }
  const version = await reading.one('iam:GetPolicyVersion', place, () =>
    iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId })),
  );
  if (version === undefined) return undefined;
  const document = version.PolicyVersion?.Document;
  return reading.shaped(
    managedPolicySchema,
    { arn, document: document === undefined ? undefined : decodeDocument(document) },
    'iam:GetPolicyVersion',
    place,
  );
}
