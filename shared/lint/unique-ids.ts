import type { Snapshot } from '../estate/snapshot.ts';
import { isDeletedPrincipal } from '../iam/deleted-principal.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { Failure } from '../rules/define-rule.ts';

/**
 * Unique ids of principals in files. IAM shows an id in the place of an ARN only where the principal was deleted (IAM user
 * guide, Principal element); in a file that somebody wrote it may as well be the id of one that lives.
 */

/** The ids that a snapshot proves to be of the deleted: those that IAM itself showed in a trust policy. */
export function deletedIn(snapshot: Snapshot | null): ReadonlySet<string> {
  const roles = (snapshot?.accounts ?? []).flatMap((account) => account.roles ?? []);
  return new Set(roles.flatMap(({ trustPolicy }) => [...idsIn(trustPolicy)]));
}

/** True where a change of a policy takes out an id that may be of a principal that lives. */
export function dropsLiving(before: string, after: string, deleted: ReadonlySet<string>): boolean {
  const kept = idsIn(after);
  return [...idsIn(before)].some((id) => !kept.has(id) && !deleted.has(id));
}

function idsIn(policy: string): Set<string> {
  // Most policies have none: they need not be parsed.
  if (!/A(?:ROA|IDA)/.test(policy)) return new Set();
  const entries = parsePolicy(policy, 'trust').policy?.statements.flatMap(
    ({ principal }) => principal?.entries ?? [],
  );
  return new Set((entries ?? []).map(({ value }) => value).filter(isDeletedPrincipal));
}

/** What a failure says and advises where the ids that it calls deleted stand in a file only; null for every other. */
export function wordsForIds(
  { rule, where, evidence }: Pick<Failure, 'rule' | 'where' | 'evidence'>,
  deleted: ReadonlySet<string>,
): { readonly detail: string; readonly remedy: string } | null {
  const { ids } = evidence;
  if (rule.name !== 'no-degraded-principal' || !Array.isArray(ids)) return null;
  if (ids.every((id) => deleted.has(id))) return null;
  const role = where.role?.slice(where.role.lastIndexOf('/') + 1) ?? 'the role';
  return {
    detail: `The trust policy of ${role} names ${ids.join(', ')} by unique id, as IAM shows a principal that was deleted; a file does not tell whether ${ids.length === 1 ? 'it still lives' : 'they still live'}.`,
    remedy:
      'Name a principal that lives by its ARN; of one that was deleted remove the id, and put no ARN in its place.',
  };
}
