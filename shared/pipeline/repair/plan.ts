import { canonicalJson, targetKey } from '../../changes/change.ts';
import type { Eligibility } from '../../changes/guards/approval.ts';
import { type GuardPorts, modeOfPlan } from '../../changes/guards/guards-of.ts';
import type { FixCluster } from '../../changes/guards/mode.ts';
import { withObjections } from '../../changes/objections.ts';
import type { Plan } from '../../changes/plan.ts';
import type { Origin } from '../../changes/repairs/kept-plan.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';
import { netChanges } from '../../changes/same-target.ts';
import type { Config } from '../../config/config.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { Estate } from '../../estate/estate.ts';
import type { Snapshot } from '../../estate/snapshot.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FindingStore } from '../../findings/store.ts';
import type { Claims } from '../claims.ts';
import { joinSnapshots } from '../join-snapshots.ts';
import type { Topic } from '../notify.ts';
import { type ObservedPorts, withObserved } from '../observed.ts';
import { readSnapshot } from '../read-claims.ts';
import type { Telemetry } from '../telemetry.ts';
import { isReverted, leftToOwner, leftToPeople } from './leave.ts';
import type { Repair } from './repair.ts';

/** What planning is given, and what it answers. */
interface Planner {
  readonly planFinding: (
    fingerprint: string,
    context: PlanningContext,
  ) =>
    | { readonly kind: 'plan'; readonly plan: Plan }
    | { readonly kind: 'declined'; readonly reasons: readonly string[] }
    | { readonly kind: 'not-found' };
  readonly autoEligibility: (plan: Plan, context: PlanningContext) => Eligibility;
}

interface PlanningContext {
  readonly estate: Estate;
  readonly config: Config;
  readonly hash: (text: string) => string;
  readonly now: string;
  readonly findings?: readonly Finding[];
}

export interface PlanPorts {
  readonly claims: Claims;
  readonly findings: Pick<FindingStore, 'findingsOf'>;
  readonly observed: ObservedPorts;
  readonly planner: Planner;
  /** What somebody else has against a plan; absent: nobody is asked. */
  readonly secondOpinion?: (plan: Plan) => Promise<readonly string[]>;
  readonly store: RepairStore;
  readonly guards: Omit<GuardPorts, 'store'>;
  readonly topic: Topic;
  readonly config: Config;
  readonly hash: (text: string) => string;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** What happens next with a finding. */
export type Planned =
  | { readonly next: 'end'; readonly reason: string; readonly digest?: string }
  | { readonly next: 'approve'; readonly digest: string; readonly approvalSeconds: number }
  | { readonly next: 'apply'; readonly digest: string };

/** After a write of podtrust's own its target is left in peace for so long: what follows it is the verification's. */
const QUIET_MINUTES = 15;

/** Makes the plan for a finding, keeps it, and says whether somebody has to approve it. Runs twice without harm. */
export function planRepair(ports: PlanPorts) {
  return async (repair: Repair): Promise<Planned> => {
    const { claims, config, hash, now, store, planner } = ports;
    if (config.fixes === undefined) return { next: 'end', reason: 'the configuration has no fixes' };
    const snapshot = await snapshotOf(repair.snapshots, claims, now);
    const estate = buildEstate(await withObserved(snapshot, ports.observed));
    const stored = await ports.findings.findingsOf({ kind: 'account', account: repair.account });
    const finding = stored.find((each) => each.finding.fingerprint === repair.fingerprint)?.finding;
    if (finding?.status !== 'open') return { next: 'end', reason: 'the finding is not open any more' };
    const context = { estate, config, hash, now: snapshot.takenAt, findings: [finding] };
    const made = planner.planFinding(repair.fingerprint, context);
    if (made.kind === 'not-found') return { next: 'end', reason: 'the finding is not there any more' };
    if (made.kind === 'declined') return declined(made.reasons, repair, ports);
    const plan = await withSecondOpinion(made.plan, ports);
    const busy = await busyWith(plan, ports);
    if (busy !== null) return { next: 'end', reason: busy };
    const origin: Origin = {
      snapshots: [...repair.snapshots],
      auto: eligibilityOf(planner.autoEligibility(plan, context)),
      account: repair.account,
      clusters: clustersOf(plan, finding, estate),
    };
    const digest = await keep(plan, origin, store);
    const left = await leftToOwner(digest, plan, repair, ports);
    if (left !== null) return { next: 'end', reason: left, digest };
    const mode = await modeOfPlan({ plan, origin }, { ...ports.guards, store });
    if (mode === 'off' || mode === 'plan')
      return { next: 'end', reason: 'the mode lets plans be made, not applied', digest };
    const byHand = await leftToPeople(digest, plan, repair, ports);
    if (byHand !== null) return { next: 'end', reason: byHand, digest };
    if (mode === 'auto' && origin.auto.eligible) return { next: 'apply', digest };
    return { next: 'approve', digest, approvalSeconds: config.fixes.approvalHours * 3600 };
  };
}

/** What speaks against a plan blocks it; without an objection the plan is as it was made. */
async function withSecondOpinion(plan: Plan, { secondOpinion }: PlanPorts): Promise<Plan> {
  return withObjections(plan, (await secondOpinion?.(plan)) ?? []);
}

/** The snapshots of a repair as one. */
export async function snapshotOf(
  keys: readonly string[],
  claims: Claims,
  now: () => Date,
): Promise<Snapshot> {
  const snapshots: Snapshot[] = [];
  for (const key of keys) snapshots.push(await readSnapshot(claims, key));
  return joinSnapshots(snapshots, [], now().toISOString());
}

function declined(reasons: readonly string[], { fingerprint }: Repair, { telemetry }: PlanPorts): Planned {
  telemetry.count('PlansDeclined');
  telemetry.note('No plan was made', { fingerprint, reasons: reasons.slice(0, 10) });
  return { next: 'end', reason: reasons.join('; ').slice(0, 1000) };
}

function eligibilityOf(eligibility: Eligibility): Origin['auto'] {
  if (eligibility.eligible) return { eligible: true };
  return {
    eligible: false,
    reasons: eligibility.reasons.slice(0, 50).map((reason) => reason.slice(0, 1000)),
  };
}

async function keep(plan: Plan, origin: Origin, store: RepairStore): Promise<string> {
  const digest = await store.keep(plan, origin);
  const entries = await store.entries(digest);
  if (entries.length === 0) await store.note({ plan: digest, what: 'planned', reason: plan.title });
  return digest;
}

/** Why a target is left in peace for now, or null. */
async function busyWith({ changes }: Plan, { store, hash, now }: PlanPorts): Promise<string | null> {
  for (const change of netChanges(changes)) {
    const holder = await store.locks.holder(targetKey(change));
    if (holder !== null) return `plan ${holder} is changing ${targetKey(change)}`;
    const [last] = await store.remembered(change);
    if (last === undefined || isReverted(change, [last], hash)) continue;
    if (now().getTime() - Date.parse(last.at) < QUIET_MINUTES * 60_000)
      return `podtrust itself wrote ${targetKey(change)} a moment ago (plan ${last.plan})`;
  }
  return null;
}

/** Clusters that a plan is about: its finding's, its targets', and those whose issuers its documents name. */
function clustersOf({ changes }: Plan, finding: Finding, estate: Estate): FixCluster[] | null {
  const text = canonicalJson(changes);
  const named = estate.clusters
    .filter(({ cluster, region, account }) => {
      const issuer = cluster.issuer?.replace(/^https:\/\//, '');
      const targeted = changes.some(
        ({ target }) =>
          'cluster' in target &&
          target.cluster === cluster.name &&
          target.region === region &&
          target.account === account.id,
      );
      const found =
        finding.cluster === cluster.name && finding.region === region && finding.account === account.id;
      return found || targeted || (issuer !== undefined && text.includes(issuer));
    })
    .map(({ account, region, cluster }) => ({ account: account.id, region, cluster: cluster.name }));
  return named.length === 0 || named.length > 200 ? null : named;
}
