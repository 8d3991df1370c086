import { countsOf } from '../../audit/audit.ts';
import { summedUp } from '../../audit/undecided-counts.ts';
import { controlName, controlsOf } from '../../compliance/describe.ts';
import type { Estate } from '../../estate/estate.ts';
import type { Coverage, Finding, UndecidedCount } from '../../findings/finding.ts';
import type { Transition } from '../../findings/transition.ts';
import type { PlanList } from '../../plans/plan-list.ts';
import { pipelineRules } from '../../rules/evented/index.ts';
import { rules as registry } from '../../rules/index.ts';
import type { ReportInput } from '../report.ts';
import type {
  IdentityGraph,
  Posture,
  ReportChain,
  ReportData,
  ReportFinding,
  ReportPlan,
  RuleWords,
} from './data.ts';
import { findingChains } from './finding-chains.ts';
import { findingPlans } from './finding-plans.ts';
import { identityGraph } from './identity-graph.ts';
import { knownFindings } from './known-findings.ts';
import { postureFrom } from './posture.ts';
import { trendOf } from './trend.ts';

/** What an HTML report is made of: an audit alone will do, and the more is handed in, the more it tells. */
export interface HtmlReportInput extends ReportInput {
  /** The estate that was judged: gives the graph, and the chain of each finding. */
  readonly estate?: Estate;
  /** Plans that were made for its findings. */
  readonly plans?: PlanList;
  /** What was worked out beforehand, where no estate can be handed in. */
  readonly workedOut?: WorkedOut;
  /** What was open when, where earlier reports counted it; else it is worked out of the history. */
  readonly posture?: Posture;
  /** What the store of findings published, in any order: gives the trend, lives, causes, and what was resolved. */
  readonly history?: readonly Transition[];
}

/** What is worked out of an estate for a page, with the numbers of chains and plans by fingerprint. */
export interface WorkedOut {
  readonly graph: IdentityGraph | null;
  readonly chains: readonly ReportChain[];
  readonly chainOf: ReadonlyMap<string, number>;
  readonly plans: readonly ReportPlan[];
  readonly planOf: ReadonlyMap<string, number>;
  /** Why there is no plan. */
  readonly declinedOf: ReadonlyMap<string, readonly string[]>;
}

function workOut({ estate, plans }: HtmlReportInput, findings: readonly Finding[]): WorkedOut {
  return {
    graph: estate === undefined ? null : identityGraph(estate),
    ...findingChains(findings, estate === undefined ? {} : { estate }),
    ...findingPlans(plans),
  };
}

/** Everything that the page shows, worked out. */
export function reportData(input: HtmlReportInput): ReportData {
  const { audit, history, takenAt, version } = input;
  const known = knownFindings(audit.findings, history ?? []);
  const { graph, chains, chainOf, plans, planOf, declinedOf } = input.workedOut ?? workOut(input, known);
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
  const trend = history === undefined ? null : trendOf(history);
  const undecided = audit.undecided ?? undecidedIn(audit.coverage);
  return {
    version,
    takenAt,
    summary: { ...audit.summary, ...countsOf(findings) },
    findings,
    rules: wordsOf(new Set([...findings.map(({ rule }) => rule), ...undecided.map(({ rule }) => rule)])),
    coverage: audit.coverage,
    undecided,
    chains,
    plans,
    graph,
    trend,
    posture: input.posture ?? (trend === null ? null : postureFrom(findings, history ?? [], trend)),
  };
}

/** What older versions wrote names rules alone. */
function undecidedIn(coverage: readonly Coverage[]): UndecidedCount[] {
  return summedUp(
    coverage.flatMap(({ rule }) => (rule === undefined ? [] : [{ rule, account: '', count: 1 }])),
  );
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
