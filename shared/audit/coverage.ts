import type { Snapshot } from '../estate/snapshot.ts';
import type { Coverage, Where } from '../findings/finding.ts';
import type { Undecided } from '../rules/define-rule.ts';
import { compareText } from './order.ts';

/** How many subjects one line names before it only counts them. */
const NAMED = 3;

/**
 * What could not be decided: each failed read, then the missing reads and whom they leave undecided. One read that hides
 * ten thousand roles gives one line, not ten thousand for each rule.
 */
export function coverageOf(snapshot: Snapshot, undecided: readonly Undecided[]): Coverage[] {
  return [...snapshot.coverage.map(gapLine), ...undecidedLines(undecided)].sort(compareCoverage);
}

/** Whom missing reads leave undecided, in no order: what is undecided in one account makes its lines with nothing else. */
export function undecidedLines(undecided: readonly Undecided[]): Coverage[] {
  return [
    ...hidden(undecided.filter(({ whole }) => whole)),
    ...collapsed(undecided.filter(({ whole }) => !whole)),
  ];
}

/** The line of a failed read. */
export function gapLine(gap: Snapshot['coverage'][number]): Coverage {
  const place = [gap.account, gap.region, gap.cluster, gap.subject].filter((part) => part !== undefined);
  return { subject: place.join(' ') || 'everything', read: gap.read, reason: gap.reason };
}

/** Accounts and clusters whose subjects were not read: one line for each read, with the rules that it leaves undecided. */
function hidden(undecided: readonly Undecided[]): Coverage[] {
  const groups = Map.groupBy(undecided, ({ where, read, reason }) =>
    JSON.stringify([where.account, where.region, where.cluster, read, reason]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const rules = [...new Set(group.map(({ rule }) => rule.name))].sort(compareText);
    const whole = first.where.cluster === undefined ? 'account' : 'cluster';
    const reason = `${first.reason}; undecided for the whole ${whole}: ${rules.join(', ')}`;
    return [{ subject: subjectOf(first.where), read: first.read, reason }];
  });
}

function collapsed(undecided: readonly Undecided[]): Coverage[] {
  const groups = Map.groupBy(undecided, ({ rule, read, reason, where }) =>
    JSON.stringify([rule.number, read, reason, where.account]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const subjects = [...new Set(group.map(({ where }) => subjectOf(where)))].sort(compareText);
    const subject = subjectsText(first.where.account, subjects);
    return [{ rule: first.rule.name, subject, read: first.read, reason: first.reason }];
  });
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

/** By rule, subject, read and reason; failed reads come first. */
export function compareCoverage(a: Coverage, b: Coverage): number {
  return (
    compareText(a.rule ?? '', b.rule ?? '') ||
    compareText(a.subject, b.subject) ||
    compareText(a.read, b.read) ||
    compareText(a.reason, b.reason)
  );
}
