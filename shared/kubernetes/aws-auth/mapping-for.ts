import { type Caller, callerOf } from './caller.ts';
import { lowerCase } from './lower-case.ts';
import { type NearMiss, nearestMiss } from './near-miss.ts';
import type { AwsAuthRow, ParsedAwsAuth } from './parsed.ts';
import { type CallerDetails, type Rendered, render } from './render.ts';

/** What `aws-auth` makes of a caller. */
export type AwsAuthAnswer =
  | {
      readonly outcome: 'mapped';
      readonly caller: Caller;
      readonly row: AwsAuthRow;
      readonly username: string;
      readonly groups: readonly string[];
      /** Templates left in username and groups because their value is not known beforehand. */
      readonly open: readonly string[];
    }
  /** By mapAccounts: the canonical ARN is the user name, and there are no groups. */
  | {
      readonly outcome: 'account';
      readonly caller: Caller;
      readonly username: string;
      readonly groups: readonly [];
    }
  /** There is a row, and the server refuses to fill in its templates for this caller. */
  | {
      readonly outcome: 'refused';
      readonly caller: Caller;
      readonly row: AwsAuthRow;
      readonly reason: string;
    }
  /** There is no row; `near` is the one that was probably meant. */
  | { readonly outcome: 'none'; readonly caller: Caller; readonly near: NearMiss | undefined }
  /** The ARN is not of something that can sign in. */
  | { readonly outcome: 'invalid'; readonly reason: string };

/**
 * Answers who a caller is in Kubernetes by `aws-auth`, as the authenticator's server does: rows of mapRoles, then of
 * mapUsers, then mapAccounts. `arn` is a session's, user's, root's or federated user's as STS reports it, or a role's
 * for any session of it. Whether the cluster looks at `aws-auth` at all, and whether an access entry comes first, is
 * for the reader of the cluster to know.
 */
export function mappingFor(parsed: ParsedAwsAuth, arn: string, details: CallerDetails = {}): AwsAuthAnswer {
  const caller = callerOf(arn);
  if ('invalid' in caller) {
    return { outcome: 'invalid', reason: caller.invalid };
  }
  const { roles, users, accounts } = parsed.effective;
  const key = lowerCase(caller.canonical);
  const row = roles.get(key) ?? users.get(key);
  if (row !== undefined) {
    return mappedBy(row, caller, details);
  }
  if (accounts.has(caller.account)) {
    return { outcome: 'account', caller, username: caller.canonical, groups: [] };
  }
  return { outcome: 'none', caller, near: nearestMiss(parsed, caller) };
}

function mappedBy(row: AwsAuthRow, caller: Caller, details: CallerDetails): AwsAuthAnswer {
  const rendered: Rendered[] = [];
  for (const template of [row.username, ...row.groups]) {
    const name = render(template, caller, details);
    if ('refused' in name) {
      return { outcome: 'refused', caller, row, reason: name.refused };
    }
    rendered.push(name);
  }
  const [username = '', ...groups] = rendered.map(({ text }) => text);
  const open = [...new Set(rendered.flatMap((name) => name.open))];
  return { outcome: 'mapped', caller, row, username, groups, open };
}
