import type { Config } from '../config/config.ts';
import { buildEstate } from '../estate/build-estate.ts';
import type { Snapshot } from '../estate/snapshot.ts';
import type { FindingStore } from '../findings/store.ts';
import { judge } from '../rules/judge.ts';
import type { WaiverStore } from '../waivers/store.ts';
import { waive } from '../waivers/waive.ts';
import { accountAudit } from './account-audit.ts';
import type { Claims } from './claims.ts';
import { datedDenials } from './dated-denials.ts';
import type { History } from './history.ts';
import { joinSnapshots, type UnreadAccount } from './join-snapshots.ts';
import type { Turn } from './lane.ts';
import { type ObservedPorts, withObserved } from './observed.ts';
import { readRequests, readSnapshot } from './read-claims.ts';
import { type CauseFinder, recordInTurn } from './record-in-turn.ts';
import type { ScopeRegister } from './register.ts';
import { failureReason, type StepFailure } from './step-failure.ts';
import type { Telemetry } from './telemetry.ts';
import { trustChanges } from './trust-changes.ts';

export interface EvaluatePorts {
  readonly claims: Claims;
  readonly store: FindingStore;
  readonly waivers: Pick<WaiverStore, 'list'>;
  /** What the pipeline observed of sessions. */
  readonly observed: ObservedPorts;
  readonly history: History;
  readonly register: Pick<ScopeRegister, 'busy'>;
  /** A new one for each evaluation: what it looked up is as old as that. */
  readonly causeFinder: () => CauseFinder;
  readonly telemetry: Telemetry;
  readonly config: Config;
  readonly hash: (text: string) => string;
  readonly now: () => Date;
  /** Waits before another try at a table that others write to. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** What became of one account's collection. */
type CollectedAccount =
  | { readonly account: string; readonly key: string }
  | { readonly account: string; readonly failure: StepFailure };

export interface EvaluateInput {
  readonly turn: Turn;
  /** Where the turn's requests are. */
  readonly requests: string;
  /** The turn's own account first. */
  readonly accounts: readonly CollectedAccount[];
}

export interface Evaluated {
  readonly transitions: number;
  /** Checks that could not be decided: not passes. */
  readonly undecided: number;
}

/**
 * Judges the accounts that were read, joined, and records one audit of each: what is new, changed or gone becomes a
 * transition, with the events that asked for its scope as its causes. A scope that could not be read is recorded as a
 * finding, since silence would read as a pass. Runs twice without harm.
 */
export function evaluate(ports: EvaluatePorts) {
  return async (input: EvaluateInput): Promise<Evaluated> => {
    const requests = await readRequests(ports.claims, input.requests);
    const seen = await withObserved(await joined(input.accounts, ports), ports.observed);
    const snapshot = await datedDenials(seen, { ...ports, requests });
    const estate = buildEstate(snapshot);
    const judgement = judge(estate, ports.config);
    const findCause = ports.causeFinder();
    const waivers = await ports.waivers.list();
    const terms = { now: ports.now(), mostDays: ports.config.waivers.mostDays };
    let transitions = 0;
    for (const account of accountsToRecord(input, snapshot)) {
      const stored = await ports.store.findingsOf({ kind: 'account', account });
      const trust = await trustChanges({ ...ports, account, requests, estate, stored });
      const found = accountAudit({
        ...input,
        account,
        requests,
        estate,
        judgement,
        trust,
        stored,
        hash: ports.hash,
      });
      const audit = { ...found, findings: waive(found.findings, waivers, terms) };
      const partition = estate.accounts.get(account)?.partition ?? '';
      const isOvertaken = () => overtaken(ports.register, account, input.turn);
      const written = await recordInTurn(audit, { ...ports, stored, partition, findCause, isOvertaken });
      transitions += written.length;
      ports.telemetry.count('FindingsOpen', audit.findings.length);
    }
    ports.telemetry.count('Transitions', transitions);
    ports.telemetry.count('ChecksUndecided', judgement.undecided.length);
    for (const latency of latencies(requests, ports.now()))
      ports.telemetry.count('SecondsFromEventToVerdict', latency);
    return { transitions, undecided: judgement.undecided.length };
  };
}

/** With members there are accounts beside those that an event touches: what they hold is not known to be absent. */
async function joined(
  accounts: readonly CollectedAccount[],
  { claims, config, now }: EvaluatePorts,
): Promise<Snapshot> {
  const snapshots: Snapshot[] = [];
  const unread: UnreadAccount[] = [];
  for (const each of accounts) {
    if ('key' in each) snapshots.push(await readSnapshot(claims, each.key));
    else unread.push({ account: each.account, reason: failureReason(each.failure) });
  }
  const all = joinSnapshots(snapshots, unread, now().toISOString());
  return config.deployment.members === undefined ? all : { ...all, organization: { complete: false } };
}

/** The turn's own account, read or not, and each other one that was. */
function accountsToRecord(
  { turn, accounts }: EvaluateInput,
  { accounts: read }: Snapshot,
): readonly string[] {
  const ids = new Set(read.map(({ id }) => id));
  const others = accounts.map(({ account }) => account).filter((id) => ids.has(id));
  return [...new Set([turn.lane.account, ...others])];
}

/** Whether a later turn than this one is under way in an account. */
async function overtaken(
  { busy }: Pick<ScopeRegister, 'busy'>,
  account: string,
  turn: Turn,
): Promise<boolean> {
  const others: string[] = [];
  let own = '';
  for await (const lane of busy(() => {})) {
    // Of two that began together the cluster's is the later one: it knows more closely what changed.
    const order = `${lane.since} ${lane.turn.lane.kind} ${lane.turn.name}`;
    if (lane.turn.name === turn.name) own = order;
    else if (lane.turn.lane.account === account) others.push(order);
  }
  return own !== '' && others.some((order) => order > own);
}

/** Seconds since the newest event of each request. */
function latencies(requests: readonly { causes: readonly { time: string }[] }[], now: Date): number[] {
  return requests.flatMap(({ causes: [newest] }) =>
    newest === undefined ? [] : [Math.max(0, (now.getTime() - Date.parse(newest.time)) / 1000)],
  );
}
