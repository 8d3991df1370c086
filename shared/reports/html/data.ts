import type { Explanation } from '../../audit/explanation.ts';
import type { Cause, FoundCause } from '../../findings/cause.ts';
import type { Audit, Coverage, Finding, Kind, Severity, UndecidedCount } from '../../findings/finding.ts';
import type { Change } from '../../findings/transition.ts';
import type { TrustEffect } from '../../findings/trust-effect.ts';
import type { Grade } from '../../iam/privileges.ts';
import type { Verdict } from '../../identity/chain.ts';
import type { Heading, Line } from '../../plans/describe/lines.ts';
import type { Section } from '../../plans/describe/sections.ts';

/** What an HTML report holds as data: everything that its page shows, and nothing that it would have to work out. */
export interface ReportData {
  readonly version: string;
  /** When the estate was read, ISO 8601. */
  readonly takenAt: string;
  readonly summary: Audit['summary'];
  /** Open and waived ones in the order of an audit, then those that the history tells were resolved. */
  readonly findings: readonly ReportFinding[];
  /** By name: the rules that have a finding or could not be decided somewhere. */
  readonly rules: Readonly<Record<string, RuleWords>>;
  readonly coverage: readonly Coverage[];
  /** How many checks were not decided, by rule and cluster. */
  readonly undecided: readonly UndecidedCount[];
  readonly chains: readonly ReportChain[];
  readonly plans: readonly ReportPlan[];
  /** null: no estate was handed in. */
  readonly graph: IdentityGraph | null;
  /** null: no history was handed in. */
  readonly trend: Trend | null;
  /** null: nothing is known of earlier times. */
  readonly posture: Posture | null;
}

/** A finding, with the numbers of the chain and the plan that belong to it. */
export interface ReportFinding extends Finding {
  readonly cause?: FoundCause | undefined;
  /** Index into `chains`. */
  readonly chain?: number;
  /** Index into `plans`. */
  readonly plan?: number;
  /** Why there is no plan, of a finding whose rule has a planner. */
  readonly declined?: readonly string[];
  /** Its life as far as it was handed in, newest first. */
  readonly life?: readonly LifeStep[];
}

/** One step in the life of a finding. */
export interface LifeStep {
  readonly change: Change;
  /** ISO 8601. */
  readonly at: string;
  /** The changes that led to it, newest first. */
  readonly causes: readonly Cause[];
  readonly effect?: TrustEffect;
}

/** A rule as the page tells it. */
export interface RuleWords {
  readonly number: string;
  readonly kind: Kind;
  readonly fix: 'guarded' | 'manual' | 'delegated';
  readonly title: string;
  readonly why: string;
  readonly references: readonly string[];
  /** Controls that it is evidence for, each in one line. */
  readonly controls: readonly string[];
}

/** The steps of `podtrust explain` for the ServiceAccount or the principal that a finding is about. */
export interface ReportChain extends Pick<Explanation, 'verdict' | 'mechanism' | 'steps' | 'reason'> {
  /** What was asked, in words. */
  readonly about: string;
}

/** A plan in the parts that `podtrust plan` prints. */
export interface ReportPlan {
  readonly digest: string;
  readonly title: string;
  readonly risk: 'low' | 'medium' | 'high';
  readonly changes: readonly (Heading & { readonly lines: readonly Line[] })[];
  readonly sections: readonly Section[];
  readonly snippets: readonly { readonly title: string; readonly text: string }[];
}

export type GraphNodeKind = 'cluster' | 'service-account' | 'pattern' | 'role' | 'privilege';

/** A thing of the graph from clusters to privileges. */
export interface GraphNode {
  readonly kind: GraphNodeKind;
  readonly label: string;
  /** ARN, or the names that make it unique. */
  readonly name: string;
  readonly account?: string;
  /** Of a role: what it may do. */
  readonly grade?: Grade;
}

/** Somebody gets to something: a ServiceAccount to its role, a role to its target or its privileges. */
export interface GraphEdge {
  /** Indexes into the nodes. */
  readonly from: number;
  readonly to: number;
  readonly way: 'holds' | 'irsa' | 'pod-identity' | 'target' | 'grants';
  readonly state: Verdict;
  /** Why it is broken or unknown. */
  readonly reason?: string;
}

/** Cluster → ServiceAccount → role → privilege. */
export interface IdentityGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Reads that are missing, and may hide nodes or edges. */
  readonly unknowns: readonly string[];
  /** What there is and is not in it, each in a clause; absent: everything is. */
  readonly leftOut?: readonly string[];
}

/** What was open when, as far back as it is known. */
export interface Posture {
  /** Scans counted at their ends; or a history was gone back through. */
  readonly source: 'scans' | 'history';
  /** In order of time. */
  readonly points: readonly PosturePoint[];
}

export interface PosturePoint {
  /** A scan; or the beginning of the day or hour at whose end it was so. ISO 8601. */
  readonly at: string;
  readonly open: Audit['summary']['findings'];
  readonly waived: number;
  /** Since the point before. */
  readonly opened?: number;
  readonly resolved?: number;
  /** Why some of the numbers may be older than that. */
  readonly doubt?: string;
}

/** What began and ended when, as the history tells it. */
export interface Trend {
  readonly unit: 'day' | 'hour';
  /** In order, without gaps. */
  readonly points: readonly TrendPoint[];
}

export interface TrendPoint {
  /** Beginning of the day or hour, ISO 8601, UTC. */
  readonly at: string;
  /** New and reopened findings by severity. */
  readonly opened: Readonly<Record<Severity, number>>;
  readonly resolved: number;
  readonly waived: number;
}
