import type { Snapshot } from '../estate/snapshot.ts';
import type { Coverage, Where } from '../findings/finding.ts';
import type { Undecided } from '../rules/define-rule.ts';
import { compareText } from './order.ts';

/** How many subjects one line names before it only counts them. */
const NAMED = 3;

/**
 * What could not be decided: each failed read, then, for each rule, the missing read and whom it leaves undecided. One
 * read that hides ten thousand roles gives one line for each rule and account, not ten thousand.
 */
export function coverageOf(snapshot: Snapshot, undecided: readonly Undecided[]): Coverage[] {
  return [...snapshot.coverage.map(gapLine), ...collapsed(undecided)].sort(compareCoverage);
}

function gapLine(gap: Snapshot['coverage'][number]): Coverage {
  const place = [gap.account, gap.region, gap.cluster, gap.subject].filter((part) => part !== undefined);
  return { subject: place.join(' ') || 'everything', read: gap.read, reason: gap.reason };
}

function collapsed(undecided: readonly Undecided[]): Coverage[] {
  const groups = new Map<string, { readonly first: Undecided; readonly subjects: Set<string> }>();
  for (const one of undecided) {
    const key = JSON.stringify([one.rule.number, one.read, one.reason, one.where.account]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: one, subjects: new Set([subjectOf(one.where)]) });
    else group.subjects.add(subjectOf(one.where));
  }
  return [...groups.values()].map(({ first, subjects }) => ({
    rule: first.rule.name,
    subject: subjectsText(first.where.account, [...subjects].sort(compareText)),
    read: first.read,
    reason: first.reason,
  }));
}

function subjectsText(account: string, subjects: readonly string[]): string {
  const named = subjects.slice(0, NAMED).join(', ');
  const more = subjects.length - NAMED;
  return more > 0 ? `${account}: ${named} and ${more} more` : named;
}

/** The narrowest name of a place. */
function subjectOf(where: Where): string {
  const { account, region, cluster, namespace, serviceAccount, role, principal } = where;
  if (namespace !== undefined) return `${cluster ?? account} ${namespace}/${serviceAccount ?? '*'}`;
  if (role !== undefined) return role;
  if (cluster !== undefined) return `${account} ${region ?? ''} ${cluster}`;
  return principal ?? (region === undefined ? account : `${account} ${region}`);
}

function compareCoverage(a: Coverage, b: Coverage): number {
  return (
    compareText(a.rule ?? '', b.rule ?? '') ||
    compareText(a.subject, b.subject) ||
    compareText(a.read, b.read) ||
    compareText(a.reason, b.reason)
  );
}
