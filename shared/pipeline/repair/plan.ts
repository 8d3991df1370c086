import { canonicalJson } from '../../changes/change.ts';
import type { Eligibility } from '../../changes/guards/approval.ts';
import { type GuardPorts, modeOfPlan } from '../../changes/guards/guards-of.ts';
import type { FixCluster } from '../../changes/guards/mode.ts';
import { withObjections } from '../../changes/objections.ts';
import type { Plan } from '../../changes/plan.ts';
import type { KeptPlan, Origin } from '../../changes/repairs/kept-plan.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';
import type { Config } from '../../config/config.ts';
import type { Mode } from '../../config/fixes.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { Estate } from '../../estate/estate.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FindingStore } from '../../findings/store.ts';
import type { StoredFinding } from '../../findings/stored.ts';
import type { Claims } from '../claims.ts';
import type { History } from '../history.ts';
import type { Topic } from '../notify.ts';
import { type ObservedPorts, withObserved } from '../observed.ts';
import type { Telemetry } from '../telemetry.ts';
import { busyWith } from './busy.ts';
import { type EarlierTry, earlierTry, isSameAs, leavesAlone } from './earlier-try.ts';
import { effectiveBefore } from './effective-before.ts';
import { executionNames } from './execution-names.ts';
import { leftToOwner, leftToPeople } from './leave.ts';
import { newestReadings, snapshotOf } from './readings.ts';
import type { Repair } from './repair.ts';
import { isRepaired } from './start.ts';

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
  readonly effectiveBefore?: (role: string) => string | undefined;
  readonly isRepaired?: (fingerprint: string) => boolean;
}

export interface PlanPorts {
  readonly claims: Claims;
  readonly history: Pick<History, 'before'>;
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

type Next =
  | { readonly next: 'end'; readonly reason: string; readonly digest?: string }
  /** What bars it now may be gone by then. */
  | { readonly next: 'wait'; readonly reason: string; readonly seconds: number }
  | { readonly next: 'approve'; readonly digest: string; readonly approvalSeconds: number }
  | { readonly next: 'apply'; readonly digest: string };

/** What happens next with a finding; `tries`: how often its execution planned. */
export type Planned = Next & { readonly tries: number };

/** How often one execution plans: with waits that grow to six hours that is for two days. */
const MOST_TRIES = 12;
const FIRST_WAIT_SECONDS = 900;
const LONGEST_WAIT_SECONDS = 21_600;

/** Who changed a target under a plan comes back as an event, and is read, within so long. */
const READ_WITHIN_SECONDS = 300;

/**
 * Makes the plan for a finding, keeps it, and says whether somebody has to approve it. `tries`: how often its execution
 * planned before, since a target was busy, or a plan was refused or stale; then it plans from what was read meanwhile.
 * Runs twice without harm.
 */
export function planRepair(ports: PlanPorts) {
  return async (repair: Repair, tries = 0): Promise<Planned> => {
    if (tries >= MOST_TRIES)
      return { next: 'end', reason: `it was planned ${tries} times, and comes to nothing`, tries };
    const next = await nextFor(repair, tries, ports);
    return { ...next, tries: tries + 1 };
  };
}

const waitingFor = (tries: number): number => Math.min(FIRST_WAIT_SECONDS * 2 ** tries, LONGEST_WAIT_SECONDS);

async function nextFor(repair: Repair, tries: number, ports: PlanPorts): Promise<Next> {
  const { config, hash, now, store } = ports;
  if (config.fixes === undefined) return { next: 'end', reason: 'the configuration has no fixes' };
  const all = await ports.findings.findingsOf({ kind: 'account', account: repair.account });
  const stored = all.find(({ finding }) => finding.fingerprint === repair.fingerprint);
  if (stored?.finding.status !== 'open') return { next: 'end', reason: 'the finding is not open any more' };
  const names = executionNames(stored, hash);
  if (tries > 0 && !names.includes(repair.name))
    return { next: 'end', reason: 'the finding has changed: it has an execution of its own' };
  const earlier = await earlierTry(names[0], store);
  const alone = earlier === null ? null : leavesAlone(earlier, repair.name);
  if (alone !== null) return { next: 'end', reason: alone };
  if (earlier?.came === 'stale' || earlier?.came === 'refused') {
    const left = Date.parse(earlier.at) + READ_WITHIN_SECONDS * 1000 - now().getTime();
    if (left > 0)
      return {
        next: 'wait',
        reason: `plan ${earlier.plan} was ${earlier.came}`,
        seconds: Math.ceil(left / 1000),
      };
  }
  const snapshots =
    tries === 0 ? repair.snapshots : await newestReadings(repair.snapshots, ports.history, now());
  return planFrom({ repair: { ...repair, snapshots }, stored, all, of: names[0], earlier, tries }, ports);
}

interface Planning {
  /** With the snapshots to plan from. */
  readonly repair: Repair;
  readonly stored: StoredFinding;
  /** What the account has besides. */
  readonly all: readonly StoredFinding[];
  /** Names the finding as it is. */
  readonly of: string;
  readonly earlier: EarlierTry | null;
  readonly tries: number;
}

async function planFrom(planning: Planning, ports: PlanPorts): Promise<Next> {
  const { repair, stored, all, tries } = planning;
  const { claims, config, hash, now, planner } = ports;
  const snapshot = await snapshotOf(repair.snapshots, claims, now);
  const estate = buildEstate(await withObserved(snapshot, ports.observed));
  const { finding } = stored;
  const repaired = new Set(
    all.filter((each) => isRepaired(each, ports)).map((each) => each.finding.fingerprint),
  );
  const known = {
    estate,
    config,
    hash,
    now: snapshot.takenAt,
    findings: [finding],
    isRepaired: (fingerprint: string) => repaired.has(fingerprint),
  };
  const context = await withBefore(known, planning, ports);
  const made = planner.planFinding(repair.fingerprint, context);
  if (made.kind === 'not-found') return { next: 'end', reason: 'the finding is not there any more' };
  if (made.kind === 'declined') return declined(made.reasons, planning, ports);
  const plan = await withSecondOpinion(made.plan, ports);
  const busy = await busyWith(plan, ports);
  if (busy !== null) return { next: 'wait', seconds: waitingFor(tries), ...busy };
  const origin: Origin = {
    snapshots: [...repair.snapshots],
    auto: eligibilityOf(planner.autoEligibility(plan, context)),
    account: repair.account,
    clusters: clustersOf(plan, finding, estate),
  };
  const mode = await modeOfPlan({ plan, origin }, { ...ports.guards, store: ports.store });
  return (await notAgain(plan, mode, planning, ports)) ?? goOn({ plan, origin }, mode, planning, ports);
}

/** What was effective before for the roles that a plan asks it of: nothing else is looked up. */
async function withBefore(
  context: PlanningContext,
  { repair, stored }: Planning,
  { planner, history, claims }: PlanPorts,
): Promise<PlanningContext> {
  const asked = new Set<string>();
  const asking = (role: string): undefined => void asked.add(role);
  const first = planner.planFinding(repair.fingerprint, { ...context, effectiveBefore: asking });
  if (first.kind !== 'plan' || first.plan.intent.source !== 'approver') return context;
  const known = new Map<string, string>();
  for (const role of asked)
    known.set(role, await effectiveBefore(role, stored, context.estate.snapshot, { history, claims }));
  return { ...context, effectiveBefore: (role) => known.get(role) };
}

/** Why a plan is not made once more, or not yet; null where it is the first one, or may be. */
async function notAgain(
  plan: Plan,
  mode: Mode,
  { earlier, of, repair, tries }: Planning,
  { store, hash }: PlanPorts,
): Promise<Next | null> {
  if (earlier === null || earlier.came === 'unlocked' || !(await isSameAs(plan, earlier, store))) return null;
  switch (earlier.came) {
    case 'stale':
      return { next: 'wait', reason: 'nothing was read since it was stale', seconds: waitingFor(tries) };
    case 'refused': {
      // What a guard could not read it may read by now; a no for good is a no.
      const what = hash(canonicalJson(['refused', of, plan.changes]));
      const once = await store.tellOnce(what, `${repair.name} ${tries}`);
      return once ? null : { next: 'end', reason: 'the same changes were refused before' };
    }
    case 'not-asked':
      if (mode === 'approve' || mode === 'auto') return null;
      return { next: 'end', reason: 'the mode lets plans be made, not applied', digest: earlier.plan };
    default:
      return null;
  }
}

/** Keeps a plan, and says who has to do what with it. */
async function goOn(
  { plan, origin }: KeptPlan,
  mode: Mode,
  { repair, of, earlier }: Planning,
  ports: PlanPorts,
): Promise<Next> {
  const { store, config } = ports;
  const digest = await keep(plan, origin, store);
  if (!(await store.noteTry({ of, execution: repair.name, plan: digest }, earlier?.plan ?? null)))
    return { next: 'end', reason: 'another execution made a plan for it meanwhile', digest };
  const left = await leftToOwner(digest, plan, repair, ports);
  if (left !== null) return { next: 'end', reason: left, digest };
  if (mode === 'off' || mode === 'plan')
    return { next: 'end', reason: 'the mode lets plans be made, not applied', digest };
  const byHand = await leftToPeople(digest, plan, repair, ports);
  if (byHand !== null) return { next: 'end', reason: byHand, digest };
  if (mode === 'auto' && origin.auto.eligible) return { next: 'apply', digest };
  return { next: 'approve', digest, approvalSeconds: (config.fixes?.approvalHours ?? 0) * 3600 };
}

/** What speaks against a plan blocks it; without an objection the plan is as it was made. */
async function withSecondOpinion(plan: Plan, { secondOpinion }: PlanPorts): Promise<Plan> {
  return withObjections(plan, (await secondOpinion?.(plan)) ?? []);
}

/** What is declined for the same reasons is told once. */
async function declined(
  reasons: readonly string[],
  { repair, of }: Planning,
  { store, hash, telemetry }: PlanPorts,
): Promise<Next> {
  const { name, fingerprint } = repair;
  if (await store.tellOnce(hash(canonicalJson(['declined', of, reasons])), name)) {
    telemetry.count('PlansDeclined');
    telemetry.note('No plan was made', { fingerprint, reasons: reasons.slice(0, 10) });
  }
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
