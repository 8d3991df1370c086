import { GetRoleCommand, NoSuchEntityException, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { ChangeOf } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { sameDocument } from '../../iam/same-document.ts';
import { decodeDocument } from '../decode-document.ts';
import { required } from '../reads/listed.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { ImpossibleChangeError, ProtectedTargetError } from './errors.ts';
import { roleOf } from './names.ts';

type TrustChange = ChangeOf<'trust-policy'>;

/** Trust policies of roles. IAM takes whatever is written last: it has no conditional write (IAM API reference). */
export const trustPolicy: Adapter<'trust-policy'> = {
  permissions: {
    read: [{ actions: ['iam:GetRole'], on: 'role' }],
    update: [{ actions: ['iam:UpdateAssumeRolePolicy'], on: 'role' }],
  },
  resources: ({ target }) => ({ arns: { role: [roleOf(target.arn, target.account).arn] } }),
  same: sameDocument,
  read,
  looksFirst: false,
  write,
};

/** A role of the same name under another path is another role. */
async function read(calls: Calls, { target }: TrustChange): Promise<Live<'trust-policy'>> {
  const { arn, name } = roleOf(target.arn, target.account);
  try {
    const { Role } = await calls.iam().send(new GetRoleCommand({ RoleName: name }));
    const role = required(Role, 'role');
    if (role.Arn !== arn) return { state: null };
    return { state: decodeDocument(required(role.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument')) };
  } catch (error) {
    if (error instanceof NoSuchEntityException) return { state: null };
    throw error;
  }
}

async function write(calls: Calls, { target, before, after }: TrustChange): Promise<void> {
  const { arn, name } = roleOf(target.arn, target.account);
  if (arn.includes(':role/aws-service-role/')) {
    throw new ProtectedTargetError(arn, 'its service alone changes a service-linked role');
  }
  if (before === null || after === null) {
    throw new ImpossibleChangeError(arn, 'a role has a trust policy as long as it exists');
  }
  try {
    await calls.iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: after }));
  } catch (error) {
    throw error instanceof NoSuchEntityException ? new StaleWriteError(arn, error) : error;
  }
}
