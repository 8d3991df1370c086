import type { Account, Snapshot } from '../estate/snapshot.ts';
import { parseProviderArn } from '../identity/issuer.ts';
import { canonicalJson } from './canonical.ts';
import { type Claims, snapshotKey } from './claims.ts';
import { rememberCreators } from './creators.ts';
import { StaleReadError } from './errors.ts';
import type { History } from './history.ts';
import { findRole } from './judge-scope.ts';
import type { Turn } from './lane.ts';
import { readRequests } from './read-claims.ts';
import { describeScope } from './scope.ts';
import type { ScopeRequest } from './scope-request.ts';
import type { Telemetry } from './telemetry.ts';

/** Reads one account as it is now. A read that fails is a gap in the snapshot, never an error. */
export interface Collector {
  readonly read: (account: string) => Promise<Snapshot>;
}

export interface CollectPorts {
  readonly collector: Collector;
  readonly claims: Claims;
  readonly history: History;
  readonly telemetry: Telemetry;
  readonly hash: (text: string) => string;
  readonly now: () => Date;
}

export interface CollectInput {
  readonly turn: Turn;
  /** The account to read: the turn's own, or one that it hangs on. */
  readonly account: string;
  /** Where the turn's requests are. */
  readonly requests: string;
}

export interface Collected {
  readonly account: string;
  /** Where the snapshot is. */
  readonly key: string;
  readonly gaps: number;
}

/** How long IAM is given to show a change. After that what it shows is taken as it is. */
const SETTLES_WITHIN_SECONDS = 60;

/**
 * Reads one account and keeps the snapshot. Throws StaleReadError while IAM, which is eventually consistent, does not
 * show an announced trust policy, role or provider yet (IAM user guide, "Changes that I make are not always immediately
 * visible"); the event only says when a read is recent enough, the verdict rests on the read.
 */
export function collect(ports: CollectPorts) {
  return async ({ turn, account, requests }: CollectInput): Promise<Collected> => {
    const asked = await readRequests(ports.claims, requests);
    const own = asked.filter(({ scope }) => scope.account === account);
    for (const request of own) requireAge(request, ports.now());
    const read = await ports.collector.read(account);
    const snapshot = await rememberCreators(read, account, own, ports);
    for (const request of own) requireSettled(snapshot, request, ports);
    const key = snapshotKey(account, snapshot.takenAt, turn.name);
    await ports.claims.put(key, JSON.stringify(snapshot));
    await ports.history.keep(account, snapshot.takenAt, key);
    ports.telemetry.count('CoverageGaps', snapshot.coverage.length);
    return { account, key, gaps: snapshot.coverage.length };
  };
}

/** A write of IAM's with which a reading cannot be compared has to be so old before the reading begins. */
const SHOWS_AFTER_SECONDS = 10;

function requireAge({ scope, causes: [newest], expected, presence }: ScopeRequest, now: Date): void {
  const comparable = expected.length > 0 || presence !== undefined;
  if (newest === undefined || comparable || newest.service !== 'iam.amazonaws.com') return;
  if (now.getTime() - Date.parse(newest.time) < SHOWS_AFTER_SECONDS * 1000)
    throw new StaleReadError(`What IAM was told at ${newest.time} is too new: ${describeScope(scope)}.`);
}

function requireSettled(snapshot: Snapshot, request: ScopeRequest, ports: CollectPorts): void {
  const { scope, causes } = request;
  const newest = causes[0]?.time;
  if (newest === undefined) return;
  const age = (ports.now().getTime() - Date.parse(newest)) / 1000;
  if (age > SETTLES_WITHIN_SECONDS) return;
  const account = snapshot.accounts.find(({ id }) => id === scope.account);
  if (account !== undefined && !showsChange(account, request, ports.hash))
    throw new StaleReadError(`IAM does not show yet what was written at ${newest}: ${describeScope(scope)}.`);
}

/** Whether what was read has what the events announced. What was not read is not waited for. */
function showsChange(
  account: Account,
  { scope, expected, presence }: ScopeRequest,
  hash: (text: string) => string,
): boolean {
  if (scope.kind === 'issuer') {
    const { oidcProviders } = account;
    const there = oidcProviders?.some(({ arn }) => parseProviderArn(arn)?.issuer.key === scope.issuer);
    return presence === undefined || there === undefined || there === (presence === 'present');
  }
  if (scope.kind !== 'role' || account.roles === undefined) return true;
  const live = findRole(account.roles, scope)?.trustPolicy;
  if (presence === 'absent' && expected.length === 0) return live === undefined;
  if (live === undefined) return expected.length === 0 && presence !== 'present';
  return expected.length === 0 || expected.includes(hash(canonicalJson(live)));
}
