import { findingOf } from '../../audit/audit.ts';
import { type Change, sameState } from '../../changes/change.ts';
import { canaryNames } from '../../changes/guards/canary-first.ts';
import { standingOf } from '../../changes/repairs/entries.ts';
import type { KeptPlan } from '../../changes/repairs/kept-plan.ts';
import { lastOfEach, netChanges } from '../../changes/same-target.ts';
import type { Config } from '../../config/config.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { Snapshot } from '../../estate/snapshot.ts';
import { type Doubt, doubtsOf } from '../../findings/doubt.ts';
import type { Finding } from '../../findings/finding.ts';
import { decidesAbsence } from '../../findings/scope-audit.ts';
import { isForeseen } from '../../plans/foreseen.ts';
import { worseSince } from '../../plans/worse.ts';
import { pipelineRules } from '../../rules/evented/index.ts';
import { judge } from '../../rules/judge.ts';
import type { Claims } from '../claims.ts';
import type { Collector } from '../collect.ts';
import { joinSnapshots } from '../join-snapshots.ts';
import { type ObservedPorts, withObserved } from '../observed.ts';
import { type ApplyPorts, concludeVerified } from './apply.ts';
import { cameToLight } from './came-to-light.ts';
import { StillFoundError, UndecidedError, WorseError } from './errors.ts';
import { snapshotOf } from './readings.ts';

export interface VerifyPorts extends Pick<ApplyPorts, 'store' | 'world' | 'topic' | 'telemetry'> {
  readonly collector: Collector;
  readonly claims: Claims;
  readonly observed: ObservedPorts;
  readonly config: Config;
  readonly hash: (text: string) => string;
  readonly now: () => Date;
}

/**
 * Reads anew what a plan was to put right and judges it: what the plan wrote still stands, its findings are gone, and
 * nothing that it touched is worse than before. Then its locks go. Throws StillFoundError and WorseError, after which it
 * is taken back, and UndecidedError where that cannot be said: unknown is no success, and no reason to write either.
 */
export function verifyPlan(ports: VerifyPorts) {
  return async (digest: string): Promise<{ readonly verified: true }> => {
    const { store } = ports;
    const kept = await store.plan(digest);
    const { plan } = kept;
    const isVerified = standingOf(await store.entries(digest)) === 'verified';
    if (!isVerified) {
      await requireStanding(digest, kept, ports);
      await requireBetter(kept, ports);
      for (const change of netChanges(plan.changes)) await store.remember(change, digest);
      for (const name of canaryNames(kept))
        for (const { target } of plan.changes)
          await store.endCanary(target.account, name, digest, 'verified');
      await endCanaryOf(kept, store);
      await store.note({ plan: digest, what: 'verified' });
    }
    await concludeVerified(digest, kept, ports);
    return { verified: true };
  };
}

/** Others of its kind do not follow a fix that somebody took back: it counts like one that was taken back by itself. */
async function endCanaryOf({ origin: { takesBack } }: KeptPlan, store: VerifyPorts['store']): Promise<void> {
  if (takesBack === undefined) return;
  const taken = await store.plan(takesBack);
  for (const name of canaryNames(taken))
    for (const { target } of taken.plan.changes)
      await store.endCanary(target.account, name, takesBack, 'failed');
}

async function requireStanding(digest: string, { plan }: KeptPlan, ports: VerifyPorts): Promise<void> {
  const world = ports.world(digest);
  // What is made anew is there again: the last change of a target says how it stands.
  for (const change of lastOfEach(plan.changes)) {
    if (!sameState(await world.read(change), change.after))
      throw new StillFoundError(`What the plan wrote to ${JSON.stringify(change.target)} does not stand.`);
  }
}

interface Judged {
  readonly findings: ReadonlyMap<string, Finding>;
  readonly doubts: readonly Doubt[];
}

async function requireBetter({ plan, origin }: KeptPlan, ports: VerifyPorts): Promise<void> {
  const before = await snapshotOf(origin.snapshots, ports.claims, ports.now);
  const accounts = [...new Set([origin.account, ...plan.changes.map(({ target }) => target.account)])];
  const live = await readAnew(accounts, before, ports);
  const [was, is] = [await judged(before, accounts, ports), await judged(live, accounts, ports)];
  for (const { fingerprint, rule } of plan.answers) {
    const still = is.findings.get(fingerprint);
    if (still !== undefined) throw new StillFoundError(`${rule} is still found: ${still.detail}`);
    const [first] = [was.findings.get(fingerprint)];
    // What only the pipeline finds is told by its before-image, which the plan brought back.
    if (pipelineRules.some(({ name }) => name === rule)) continue;
    if (first === undefined)
      throw new UndecidedError(
        `The snapshots that the plan was made from do not show its finding of ${rule}.`,
      );
    if (!decidesAbsence({ doubts: is.doubts }, first))
      throw new UndecidedError(`Whether ${rule} is gone cannot be said: something could not be read.`);
  }
  const answered = plan.answers.flatMap(({ fingerprint }) => was.findings.get(fingerprint) ?? []);
  const worse = worseSince(was.findings, is.findings, plan.changes).find(
    (one) => !isForeseen(one, plan) && !cameToLight(one, answered),
  );
  if (worse !== undefined) throw new WorseError(`Since the fix there is ${worse.rule}: ${worse.detail}`);
  requireRead({ plan, origin }, before, live);
}

/** Nothing that was read before is unread now, where the plan touched something: it could hide what is worse. */
function requireRead({ plan, origin }: KeptPlan, before: Snapshot, live: Snapshot): void {
  const accounts = new Set([origin.account, ...plan.changes.map(({ target }) => target.account)]);
  const clusters = origin.clusters && new Set(namesOf(origin.clusters, plan.changes));
  const known = new Set(before.coverage.map(gapKey));
  const gap = live.coverage.find(
    (each) =>
      !known.has(gapKey(each)) &&
      (each.account === undefined || accounts.has(each.account)) &&
      (each.cluster === undefined || clusters === null || clusters.has(each.cluster)),
  );
  if (gap !== undefined)
    throw new UndecidedError(
      `Whether anything is worse cannot be said: ${gap.read} could be read before, and now ${gap.reason}`.slice(
        0,
        1000,
      ),
    );
}

type Gap = Snapshot['coverage'][number];

const gapKey = ({ read, account, region, cluster }: Gap): string =>
  JSON.stringify([read, account, region, cluster]);

function namesOf(
  clusters: NonNullable<KeptPlan['origin']['clusters']>,
  changes: readonly Change[],
): string[] {
  return [
    ...clusters.map(({ cluster }) => cluster),
    ...changes.flatMap(({ target }) => ('cluster' in target ? [target.cluster] : [])),
  ];
}

/** The accounts that the plan touched as they are now; the others as they were. */
async function readAnew(
  accounts: readonly string[],
  before: Snapshot,
  { collector, now }: VerifyPorts,
): Promise<Snapshot> {
  const fresh: Snapshot[] = [];
  for (const account of accounts) fresh.push(await collector.read(account));
  const others = {
    ...before,
    accounts: before.accounts.filter(({ id }) => !accounts.includes(id)),
    coverage: before.coverage.filter(({ account }) => account === undefined || !accounts.includes(account)),
  };
  return joinSnapshots([...fresh, others], [], now().toISOString());
}

async function judged(
  snapshot: Snapshot,
  accounts: readonly string[],
  { observed, config, hash }: VerifyPorts,
): Promise<Judged> {
  const estate = buildEstate(await withObserved(snapshot, observed));
  const { failures, undecided } = judge(estate, config);
  const findings = failures.map((failure) => findingOf(failure, hash));
  return {
    findings: new Map(findings.map((finding) => [finding.fingerprint, finding])),
    doubts: accounts.flatMap((account) => doubtsOf(account, estate.snapshot, undecided)),
  };
}
