import type { Account } from '../estate/snapshot.ts';
import type { Claims } from './claims.ts';
import type { Turn } from './lane.ts';
import { hangsOn, namedAccounts, relationsOf, type Subject } from './neighbours.ts';
import { readRequests, readSnapshot } from './read-claims.ts';
import type { Telemetry } from './telemetry.ts';

/** podtrust's own record of which account has what, kept from every reading. */
export interface Relations {
  /** Keeps what an account has; what it has no longer is forgotten by and by. */
  readonly keep: (account: string, subjects: readonly Subject[]) => Promise<void>;
  /** The accounts that have, or lately had, one of these. */
  readonly accountsWith: (subjects: readonly Subject[]) => Promise<readonly string[]>;
}

export interface ResolvePorts {
  readonly claims: Claims;
  readonly relations: Relations;
  readonly telemetry: Telemetry;
}

export interface Resolved {
  /** The other accounts that the verdicts hang on. */
  readonly accounts: readonly string[];
}

/** More accounts than these are not read after one change: the scheduled scan reads them all. */
const MOST_NEIGHBOURS = 10;

/**
 * From what changed to what is affected: the accounts beside the turn's own whose clusters, providers and roles the
 * asked scopes hang on, through issuers, target roles and access entries. Roles, clusters and ServiceAccounts within an
 * account need no list: the account was read whole.
 */
export function resolveScope(ports: ResolvePorts) {
  return async (turn: Turn, requestsKey: string, snapshotKey: string): Promise<Resolved> => {
    const requests = await readRequests(ports.claims, requestsKey);
    const snapshot = await readSnapshot(ports.claims, snapshotKey);
    const account = snapshot.accounts.find(({ id }) => id === turn.lane.account);
    if (account === undefined) return { accounts: [] };
    if (isWhole(account)) await ports.relations.keep(account.id, relationsOf(account));
    const scopes = requests.map(({ scope }) => scope);
    const found = await ports.relations.accountsWith(hangsOn(account, scopes));
    const all = [...new Set([...namedAccounts(account, scopes), ...found])].filter((id) => id !== account.id);
    if (all.length > MOST_NEIGHBOURS)
      ports.telemetry.note('More accounts are affected than one evaluation reads', { accounts: all.length });
    ports.telemetry.count('NeighboursRead', Math.min(all.length, MOST_NEIGHBOURS));
    return { accounts: all.sort().slice(0, MOST_NEIGHBOURS) };
  };
}

/** A reading that saw less than there is must not make the record forget. */
function isWhole({ oidcProviders, regions }: Account): boolean {
  return oidcProviders !== undefined && regions?.every(({ clusters }) => clusters !== undefined) === true;
}
