import type { Transition } from '../../findings/transition.ts';
import { cut } from './plain.ts';

type Finding = Transition['finding'];

/** How much of a transition is published. */
export interface Bounds {
  readonly longestText: number;
  readonly longestItem: number;
  readonly mostItems: number;
  readonly mostCauses: number;
}

/** From generous to narrow: the first that fits is used. The last fits whatever strangers wrote. */
export const BOUNDS: readonly [Bounds, ...Bounds[]] = [
  { longestText: 2_048, longestItem: 512, mostItems: 40, mostCauses: 10 },
  { longestText: 1_024, longestItem: 256, mostItems: 20, mostCauses: 5 },
  { longestText: 512, longestItem: 128, mostItems: 10, mostCauses: 3 },
  { longestText: 128, longestItem: 64, mostItems: 3, mostCauses: 1 },
];

/** The transition with its texts and lists cut. What names the finding (fingerprint, rule, account) is never left out. */
export function boundedTransition(transition: Transition, bounds: Bounds): Transition {
  const { longestItem, mostItems, mostCauses } = bounds;
  return {
    ...transition,
    audit: cut(transition.audit, longestItem),
    differs: transition.differs.slice(0, mostItems).map((each) => cut(each, longestItem)),
    causes: transition.causes.slice(0, mostCauses),
    finding: boundedFinding(transition.finding, bounds),
  };
}

function boundedFinding(finding: Finding, { longestText, longestItem, mostItems }: Bounds): Finding {
  const { region, cluster, namespace, serviceAccount, role, principal } = finding;
  const where = { region, cluster, namespace, serviceAccount, role, principal };
  return {
    ...finding,
    ...Object.fromEntries(
      Object.entries(where).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, cut(value, longestText)]],
      ),
    ),
    title: cut(finding.title, longestItem),
    detail: cut(finding.detail, longestText),
    remedy: cut(finding.remedy, longestText),
    consequences: finding.consequences.slice(0, mostItems).map((each) => cut(each, longestItem)),
    evidence: Object.fromEntries(
      Object.entries(finding.evidence)
        .slice(0, mostItems)
        .map(([key, value]) => [cut(key, longestItem), boundedValue(value)]),
    ),
  };

  function boundedValue(value: Finding['evidence'][string]): Finding['evidence'][string] {
    if (typeof value === 'string') return cut(value, longestText);
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    return value.slice(0, mostItems).map((item) => cut(item, longestItem));
  }
}
