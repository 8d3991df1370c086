import type { Change } from '../../changes/change.ts';
import type { Snippet } from '../../changes/plan.ts';

/**
 * The inline policy with which IAM ends the sessions of a role that began before a time (IAM user guide, Revoke IAM role
 * temporary security credentials). It takes away the permissions of everybody's running sessions, those of meant callers
 * included: these get new ones by themselves.
 */
export function revokeSessions(change: Change, now: string): Snippet[] {
  if (change.kind !== 'trust-policy') return [];
  const statement = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': now } },
  };
  return [
    {
      form: 'policy',
      title:
        'Inline policy AWSRevokeOlderSessions: ends running sessions; set the time to when the change was made',
      target: change.target.arn,
      text: `${JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2)}\n`,
    },
  ];
}
