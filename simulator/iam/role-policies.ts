import type * as iam from '@aws-sdk/client-iam';
import { parsePolicy } from '../../shared/iam/parse.ts';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { PolicyState } from '../state.ts';
import { encodeDocument } from './documents.ts';
import { limitExceeded, malformedPolicy, noSuchEntity } from './errors.ts';
import { iamPage } from './lists.ts';
import { managedPolicy } from './managed-policies.ts';
import { editableRole, visibleRole } from './roles.ts';

/** Refuses a permissions document as IAM does. */
export function checkIdentityPolicy(text: string): void {
  const { policy, problems } = parsePolicy(text, 'identity');
  const refused = problems.find(({ effect }) => effect === 'refused');
  if (policy === null || refused !== undefined) {
    throw malformedPolicy(refused?.message ?? 'Syntax errors in policy.');
  }
}

/** A policy of the account or of AWS, or NoSuchEntity. */
function policyByArn(call: Call, arn: string | undefined, missing: (arn: string) => string): PolicyState {
  const policy =
    call.account.iam.live.policies.get(arn ?? '') ?? managedPolicy(call.account.partition, arn ?? '');
  if (policy === undefined) throw noSuchEntity(missing(arn ?? ''));
  return policy;
}

/** Most managed policies a role takes. Source: IAM user guide, "IAM and AWS STS quotas". */
const ATTACHED_QUOTA = 10;

const policyName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** A role's managed and inline policies. */
export const rolePolicyOperations: Operations<typeof iam> = {
  AttachRolePolicy: write((call, input) => {
    const role = editableRole(call, input.RoleName);
    const { arn } = policyByArn(
      call,
      input.PolicyArn,
      (unknown) => `Policy ${unknown} does not exist or is not attachable.`,
    );
    if (role.attached.includes(arn)) return {};
    if (role.attached.length >= ATTACHED_QUOTA) {
      throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${ATTACHED_QUOTA}`);
    }
    role.attached.push(arn);
    return {};
  }),
  DetachRolePolicy: write((call, input) => {
    const role = editableRole(call, input.RoleName);
    const index = role.attached.indexOf(input.PolicyArn ?? '');
    if (index < 0) throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
    role.attached.splice(index, 1);
    return {};
  }),
  ListAttachedRolePolicies: read((call, input) => {
    const { items, rest } = iamPage(call, visibleRole(call, input.RoleName).attached, input);
    return {
      AttachedPolicies: items.map((PolicyArn) => ({ PolicyName: policyName(PolicyArn), PolicyArn })),
      ...rest,
    };
  }),
  PutRolePolicy: write((call, input) => {
    const role = editableRole(call, input.RoleName);
    checkIdentityPolicy(input.PolicyDocument ?? '');
    role.inline.set(input.PolicyName ?? '', input.PolicyDocument ?? '');
    return {};
  }),
  GetRolePolicy: read((call, { RoleName, PolicyName }) => {
    const role = visibleRole(call, RoleName);
    const document = role.inline.get(PolicyName ?? '');
    if (document === undefined)
      throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    return { RoleName: role.name, PolicyName, PolicyDocument: encodeDocument(document) };
  }),
  ListRolePolicies: read((call, input) => {
    const { items, rest } = iamPage(call, [...visibleRole(call, input.RoleName).inline.keys()].sort(), input);
    return { PolicyNames: items, ...rest };
  }),
  DeleteRolePolicy: write((call, { RoleName, PolicyName }) => {
    if (!editableRole(call, RoleName).inline.delete(PolicyName ?? '')) {
      throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    }
    return {};
  }),
};
