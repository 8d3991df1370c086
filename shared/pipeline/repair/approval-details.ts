import type { Eligibility } from '../../changes/guards/approval.ts';
import type { Plan } from '../../changes/plan.ts';
import { hunksOf } from '../../plans/describe/hunks.ts';
import { cut, plain } from '../messages/plain.ts';

/** What somebody has to see of a plan to decide about it. */
export interface ApprovalDetails {
  readonly risk: { readonly level: Plan['risk']['level']; readonly reasons: string[] };
  /** Who gets in anew. */
  readonly admits: string[];
  /** Why a person has to decide. */
  readonly approval: string[];
  readonly notes: string[];
  readonly diff: string;
}

/** How much of a plan is told. */
export interface DetailBounds {
  readonly longestDiff: number;
  readonly longestText: number;
  readonly mostItems: number;
}

/** From generous to narrow: the first with which the message fits into the topic is used. */
export const DETAIL_BOUNDS: readonly DetailBounds[] = [
  { longestDiff: 30_000, longestText: 600, mostItems: 20 },
  { longestDiff: 10_000, longestText: 300, mostItems: 10 },
  { longestDiff: 3000, longestText: 150, mostItems: 5 },
];

const LONGEST_LINE = 1000;

/** The details of a plan, as much as bounds say. */
export function approvalDetails(plan: Plan, auto: Eligibility, bounds: DetailBounds): ApprovalDetails {
  const { intent, blockers, approval, risk, notes } = plan;
  return {
    risk: { level: risk.level, reasons: bounded(risk.reasons, bounds) },
    admits: intent.source === 'none' ? [] : bounded(intent.identities, bounds),
    approval: bounded(
      [
        ...blockers.map((blocker) => `It must not be applied as it is: ${blocker}`),
        ...new Set([
          ...approval,
          ...(auto.eligible
            ? ['Its proof would let it run by itself: the configuration asks a person here.']
            : auto.reasons.filter((reason) => !blockers.includes(reason))),
        ]),
      ],
      bounds,
    ),
    notes: bounded(notes, bounds),
    diff: diffOf(plan, bounds.longestDiff),
  };
}

function bounded(texts: readonly string[], { longestText, mostItems }: DetailBounds): string[] {
  const lines = texts.slice(0, mostItems).map((text) => cut(plain(text), longestText));
  const more = texts.length - mostItems;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** Whole lines, as many as there is room for. */
function diffOf({ changes }: Plan, longest: number): string {
  const lines = changes.flatMap(hunksOf).map((line) => cut(plain(line), LONGEST_LINE));
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > longest) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  return [...kept, ...(left > 0 ? [`… and ${left} more lines: podtrust history shows them`] : [])].join('\n');
}
