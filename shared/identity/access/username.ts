import type { AccessEntry } from '../../estate/snapshot.ts';
import { type Principal, sessionArn } from './principal.ts';

/** Types of entries for nodes; every other one is for people and programs. */
const NODE_TYPES: ReadonlySet<string> = new Set([
  'EC2',
  'EC2_LINUX',
  'EC2_WINDOWS',
  'FARGATE_LINUX',
  'HYBRID_LINUX',
  'HYPERPOD_LINUX',
]);

/** True for an entry that lets nodes join. */
export function isNodeType(type: string | undefined): boolean {
  return type !== undefined && NODE_TYPES.has(type);
}

/** Nodes whose name is that of the session: they are no instances of EC2 (EKS user guide, Create access entries). */
const NAMED_BY_SESSION: ReadonlySet<string> = new Set(['FARGATE_LINUX', 'HYBRID_LINUX']);

/**
 * The Kubernetes username of an entry: its own, or the one that EKS gives (EKS user guide, Create access entries): the
 * ARN of the session for roles, the ARN for others. Null when the entry was not described.
 */
export function entryUsername(entry: AccessEntry, principal: Principal | null): string | null {
  if (entry.username !== undefined && entry.username !== '') return entry.username;
  if (entry.type === undefined || principal === null) return null;
  if (NAMED_BY_SESSION.has(entry.type)) return 'system:node:{{SessionName}}';
  if (isNodeType(entry.type)) return 'system:node:{{EC2PrivateDNSName}}';
  return principal.kind === 'role' ? sessionArn(principal) : principal.arn;
}

/** True for the username that EKS gives when none is asked for. */
export function isAutomaticUsername(username: string, principal: Principal | null): boolean {
  if (principal === null) return false;
  if (username === principal.arn) return true;
  return principal.kind === 'role' && username === sessionArn(principal);
}

/**
 * The username of one caller: the templates of aws-iam-authenticator filled in (pkg/server, renderTemplate). What only
 * EC2 or the signature tells stays in braces.
 */
export function filledUsername(template: string, caller: Principal): string {
  const session = caller.kind === 'session' ? caller.session : undefined;
  return template
    .replaceAll('{{AccountID}}', caller.account)
    .replaceAll('{{SessionName}}', session?.replaceAll('@', '-') ?? '{{SessionName}}')
    .replaceAll('{{SessionNameRaw}}', session ?? '{{SessionNameRaw}}');
}

/** Whether a name that a binding holds may be that of a caller: braces stand for any text. */
export function mayBeUsername(template: string, name: string): boolean {
  const parts = template.split(/\{\{[A-Za-z0-9]+\}\}/);
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return template === name;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
