import { SessionPolicyTooLongError } from './errors.ts';
import type { Grant } from './permissions.ts';

/** Most characters of a session policy (STS API reference, AssumeRole: Policy). */
export const LONGEST_SESSION_POLICY = 2048;

/** The policy of a session that may do just this. Throws SessionPolicyTooLongError for what STS would refuse. */
export function sessionPolicy(grants: readonly Grant[]): string {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: grants.map(({ actions, resources, condition }) => ({
      Effect: 'Allow',
      Action: oneOrMore(actions),
      Resource: oneOrMore(resources),
      ...(condition === undefined ? {} : { Condition: { StringEquals: { [condition[0]]: condition[1] } } }),
    })),
  });
  if (text.length > LONGEST_SESSION_POLICY) {
    throw new SessionPolicyTooLongError(text.length, LONGEST_SESSION_POLICY);
  }
  return text;
}

const oneOrMore = (list: readonly string[]): string | readonly string[] =>
  list.length === 1 && list[0] !== undefined ? list[0] : list;
