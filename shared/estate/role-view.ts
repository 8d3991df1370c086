import { compile } from '../iam/compile.ts';
import { parsePolicy } from '../iam/parse.ts';
import { gradePrivileges, type Privileges } from '../iam/privileges.ts';
import type { AccountView, RoleView, Trust } from './estate.ts';
import type { Role, Snapshot } from './snapshot.ts';

/** Text of a managed policy by ARN. */
export type Documents = (arn: string) => string | undefined;

/** The managed policies of a snapshot: an AWS managed policy that one account read serves all of its partition. */
export function policyDocuments(snapshot: Snapshot): Documents {
  const byArn = new Map<string, string>();
  for (const account of snapshot.accounts) {
    for (const { arn, document } of account.policies ?? []) byArn.set(arn, document);
  }
  return (arn) => byArn.get(arn);
}

/** A role with its trust policy and privileges, each worked out when first asked for and kept. */
export function buildRole(role: Role, account: AccountView, documents: Documents): RoleView {
  let trust: Trust | undefined;
  let privileges: Privileges | undefined;
  return {
    role,
    account,
    name: role.arn.slice(role.arn.lastIndexOf('/') + 1),
    trust: () => {
      trust ??= readTrust(role.trustPolicy);
      return trust;
    },
    privileges: () => {
      privileges ??= gradePrivileges({
        ...(role.inlinePolicies && { inline: role.inlinePolicies }),
        ...(role.attachedPolicies && { attached: role.attachedPolicies }),
        ...(role.permissionsBoundary !== undefined && { boundary: role.permissionsBoundary }),
        documents,
        role: role.arn,
      });
      return privileges;
    },
  };
}

function readTrust(text: string): Trust {
  const parse = parsePolicy(text, 'trust');
  return { text, parse, policy: parse.policy, compiled: parse.policy && compile(parse.policy) };
}
