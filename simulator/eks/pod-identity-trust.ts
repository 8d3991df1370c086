import { parsePolicy } from '../../shared/iam/parse.ts';
import type { Policy, Statement } from '../../shared/iam/policy.ts';
import type { Call } from '../operation.ts';
import { invalidParameter } from './errors.ts';

const ROLE_ARN = /^arn:[^:]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;
const SERVICE = 'pods.eks.amazonaws.com';

/**
 * What EKS checks when an association is created or gets another role: the role exists in the cluster's account, and
 * its trust policy names the service with both actions. It does not look at conditions.
 * Source: reports of InvalidParameterException on CreatePodIdentityAssociation (aws-cdk issue 31522).
 */
export function checkPodIdentityTrust(call: Call, roleArn: string): void {
  const match = ROLE_ARN.exec(roleArn);
  if (match === null) throw invalidParameter('The roleArn parameter format is not valid.');
  if (match[1] !== call.account.id) {
    throw invalidParameter('The role must be in the same account as the cluster.');
  }
  const role = call.account.iam.visible().roles.get((match[2] ?? '').toLowerCase());
  if (role === undefined || role.arn !== roleArn) {
    throw invalidParameter(`Role provided in the request does not exist: ${roleArn}`);
  }
  const { policy } = parsePolicy(role.trust, 'trust');
  if (policy !== null && lets(policy, 'sts:assumerole') && lets(policy, 'sts:tagsession')) return;
  throw invalidParameter(
    'Trust policy of the role provided is invalid. It must allow the principal pods.eks.amazonaws.com the actions sts:AssumeRole and sts:TagSession.',
  );
}

function lets(policy: Policy, action: string): boolean {
  return policy.statements.some((statement) => namesService(statement) && covers(statement, action));
}

function namesService({ effect, principal }: Statement): boolean {
  if (effect !== 'Allow' || principal === undefined || principal.negated) return false;
  return principal.entries.some(({ kind, value }) => kind === 'Service' && value === SERVICE);
}

function covers({ action }: Statement, wanted: string): boolean {
  const matches = action.patterns.some((pattern) => glob(pattern.toLowerCase(), wanted));
  return action.negated ? !matches : matches;
}

function glob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(text);
}
