import type { POLICY_KINDS } from '../estate/snapshot.ts';

type PolicyKind = (typeof POLICY_KINDS)[number];

/** What AWS's message of a refusal says, apart from who and what it names. */
export interface RefusalReason {
  readonly action?: string;
  readonly policy?: PolicyKind;
  readonly explicitDeny?: boolean;
}

/**
 * The part of the message that names the IAM action (IAM user guide, "Troubleshoot access denied error messages"). Also
 * the regular expression that a query of log files takes it out with, so without look-around.
 */
export const ACTION_IN_MESSAGE =
  'is not authorized to perform: ([a-z0-9-]{1,64}:[A-Za-z0-9]{1,128})(?:[^A-Za-z0-9:*]|$)';

/** The part that names the kind of policy, in AWS's words. Also for queries. */
export const REASON_IN_MESSAGE =
  '(because no [A-Za-z -]{1,40} allows|with an explicit deny in an? (?:identity-based policy|permissions boundary|session policy|service control policy|resource control policy|resource-based policy|role trust policy|VPC endpoint policy))';

const KINDS: Readonly<Record<string, PolicyKind>> = {
  'identity-based policy': 'identity-based',
  'permissions boundary': 'permissions-boundary',
  'session policy': 'session',
  'service control policy': 'service-control',
  'resource control policy': 'resource-control',
  'resource-based policy': 'resource-based',
  'role trust policy': 'role-trust',
  'VPC endpoint policy': 'vpc-endpoint',
};

const ACTION = new RegExp(ACTION_IN_MESSAGE);
const REASON = new RegExp(REASON_IN_MESSAGE, 'g');

/**
 * Reads the action and the kind of policy out of a message, and nothing else of it. The reason comes last: what looks like one
 * before it may stand in a resource's name. Never throws.
 */
export function refusalReason(message: string | undefined): RefusalReason {
  if (message === undefined) return {};
  const action = ACTION.exec(message)?.[1];
  const reason = message.match(REASON)?.at(-1) ?? '';
  const explicitDeny = reason.startsWith('with');
  const words = reason.replace(/^because no | allows$|^with an explicit deny in an? /g, '');
  const policy = Object.hasOwn(KINDS, words) ? KINDS[words] : undefined;
  return {
    ...(action !== undefined && { action }),
    ...(policy !== undefined && { policy, explicitDeny }),
  };
}
