import { parseArn } from '../iam/arn.ts';
import { fails, holds, notAsked, open, type ProbeCheck } from './check.ts';

/** The role of a session's ARN; `name` is without the path, which a session does not show. */
interface SessionRole {
  readonly partition: string;
  readonly account: string;
  readonly name: string;
}

/** Reads `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`, or null for anything else. */
function sessionRole(arn: string): SessionRole | null {
  const parsed = parseArn(arn);
  const [, name] = /^assumed-role\/([^/]+)\/[^/]+$/.exec(parsed?.resource ?? '') ?? [];
  if (parsed?.service !== 'sts' || name === undefined) return null;
  return { partition: parsed.partition, account: parsed.account, name };
}

/** True when a session is of a role: partition, account and name are the same. */
function isSessionOf(session: SessionRole, roleArn: string): boolean {
  const role = parseArn(roleArn);
  const name = /^role\/(?:.*\/)?([^/]+)$/.exec(role?.resource ?? '')?.[1];
  return (
    role?.service === 'iam' &&
    role.partition === session.partition &&
    role.account === session.account &&
    name === session.name
  );
}

/** Whether who was seen is the role that was expected. */
export function expectedRoleCheck(seen: string, expected: string | null): ProbeCheck {
  if (expected === null)
    return notAsked('expected-role', `No role was expected; ${seen} was seen. Name one with --role.`);
  const session = sessionRole(seen);
  if (session === null)
    return open('expected-role', `${seen} is no session of a role; ${expected} was expected.`);
  return isSessionOf(session, expected)
    ? holds('expected-role', `${seen} is a session of ${expected}.`)
    : fails('expected-role', `${seen} is no session of ${expected}, which was expected.`);
}
