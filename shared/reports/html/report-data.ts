import { countsOf } from '../../audit/audit.ts';
import { controlName, controlsOf } from '../../compliance/describe.ts';
import type { Estate } from '../../estate/estate.ts';
import type { Transition } from '../../findings/transition.ts';
import type { PlanList } from '../../plans/plan-list.ts';
import { pipelineRules } from '../../rules/evented/index.ts';
import { rules as registry } from '../../rules/index.ts';
import type { ReportInput } from '../report.ts';
import type { ReportData, ReportFinding, RuleWords } from './data.ts';
import { findingChains } from './finding-chains.ts';
import { findingPlans } from './finding-plans.ts';
import { identityGraph } from './identity-graph.ts';
import { knownFindings } from './known-findings.ts';
import { trendOf } from './trend.ts';

/** What an HTML report is made of: an audit alone will do, and the more is handed in, the more it tells. */
export interface HtmlReportInput extends ReportInput {
  /** The estate that was judged: gives the graph, and the chain of each finding. */
  readonly estate?: Estate;
  /** Plans that were made for its findings. */
  readonly plans?: PlanList;
  /** What the store of findings published, in any order: gives the trend, lives, causes, and what was resolved. */
  readonly history?: readonly Transition[];
}

/** Everything that the page shows, worked out. */
export function reportData(input: HtmlReportInput): ReportData {
  const { audit, estate, history, takenAt, version } = input;
  const known = knownFindings(audit.findings, history ?? []);
  const { chains, chainOf } = findingChains(known, input);
  const { plans, planOf, declinedOf } = findingPlans(input.plans);
  const findings = known.map((finding): ReportFinding => {
    const { fingerprint } = finding;
    const chain = chainOf.get(fingerprint);
    const plan = planOf.get(fingerprint);
    const declined = declinedOf.get(fingerprint);
    return {
      ...finding,
      ...(chain !== undefined && { chain }),
      ...(plan !== undefined && { plan }),
      ...(declined !== undefined && { declined }),
    };
  });
  const undecided = audit.coverage.flatMap(({ rule }) => rule ?? []);
  return {
    version,
    takenAt,
    summary: { ...audit.summary, ...countsOf(findings) },
    findings,
    rules: wordsOf(new Set([...findings.map(({ rule }) => rule), ...undecided])),
    coverage: audit.coverage,
    chains,
    plans,
    graph: estate === undefined ? null : identityGraph(estate),
    trend: history === undefined ? null : trendOf(history),
  };
}

function wordsOf(names: ReadonlySet<string>): Readonly<Record<string, RuleWords>> {
  const known = [...registry, ...pipelineRules].filter(({ name }) => names.has(name));
  return Object.fromEntries(
    known.map(({ name, number, kind, fix, title, why, references }) => [
      name,
      { number, kind, fix, title, why, references, controls: controlsOf(name).map(controlName) },
    ]),
  );
}
