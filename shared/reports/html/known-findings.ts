import { compareFindings } from '../../audit/order.ts';
import type { AuditFinding } from '../../findings/finding.ts';
import type { Transition } from '../../findings/transition.ts';
import { pipelineRules } from '../../rules/evented/index.ts';
import type { LifeStep, ReportFinding } from './data.ts';

/** Steps of one finding that are told; older ones are left out. */
const MOST_STEPS = 20;

const PIPELINE_ONLY: ReadonlySet<string> = new Set(pipelineRules.map(({ name }) => name));

/**
 * The findings of an audit with what the history knows of them, and beside them what only the history knows: those that
 * were resolved, and open ones of rules that no audit judges. Whatever else the history has open and the audit does not
 * find is over, since the audit is newer.
 */
export function knownFindings(
  audited: readonly AuditFinding[],
  history: readonly Transition[],
): ReportFinding[] {
  const lives = Map.groupBy(history, ({ finding }) => finding.fingerprint);
  for (const life of lives.values()) life.sort((a, b) => b.sequence - a.sequence);
  const present = new Set(audited.map(({ fingerprint }) => fingerprint));
  const told = [...lives.values()].flatMap(([last]) => {
    if (last === undefined || present.has(last.finding.fingerprint)) return [];
    const { finding } = last;
    return finding.status === 'resolved' || PIPELINE_ONLY.has(finding.rule) ? [finding] : [];
  });
  return [...audited, ...told]
    .map((finding) => withLife(finding, lives.get(finding.fingerprint) ?? []))
    .sort((a, b) => Number(isOver(a)) - Number(isOver(b)) || compareFindings(a, b));
}

const isOver = ({ status }: ReportFinding): boolean => status === 'resolved';

function withLife(finding: AuditFinding, life: readonly Transition[]): ReportFinding {
  if (life.length === 0) return finding;
  const cause = finding.cause ?? causeIn(life);
  return {
    ...finding,
    ...(cause !== undefined && { cause }),
    life: life.slice(0, MOST_STEPS).map(stepOf),
  };
}

/** What brought it about: the newest step that opened or changed it and whose events are known. */
function causeIn(life: readonly Transition[]): AuditFinding['cause'] {
  for (const { change, causes, lastChange } of life) {
    if (change === 'resolved' || change === 'waived') continue;
    const [newest] = causes;
    if (newest !== undefined) return { outcome: 'found', change: newest };
    if (lastChange !== undefined) return lastChange;
  }
  return undefined;
}

function stepOf({ change, readAt, causes, effect }: Transition): LifeStep {
  return { change, at: readAt, causes, ...(effect !== undefined && { effect }) };
}
