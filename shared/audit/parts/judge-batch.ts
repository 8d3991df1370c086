import type { Rest } from '../../estate/asked.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { Account } from '../../estate/snapshot.ts';
import { parseArn } from '../../iam/arn.ts';
import { type Judgement, judgeAccounts } from '../../rules/judge.ts';
import { type AuditOptions, askedRules } from '../audit.ts';
import type { Batch } from './batches.ts';
import type { Connections } from './connections.ts';
import type { GatheredAccounts } from './gathered.ts';

/** What batches of one organization are judged with. */
export interface BatchPorts {
  readonly gathered: GatheredAccounts;
  readonly connections: Connections;
  readonly seesEveryCluster: boolean;
  readonly options: AuditOptions;
}

/**
 * Judges the accounts of a batch as if every account were at hand: what they ask for and is not there is read, and they are
 * judged again, until nothing is missing.
 */
export async function judgeBatch({ judged, beside }: Batch, ports: BatchPorts): Promise<Judgement> {
  const { gathered, options } = ports;
  const ids = new Set(judged);
  const held = new Map<string, Account>();
  let missing: ReadonlySet<string> = new Set([...judged, ...beside]);
  for (;;) {
    for (const id of missing) held.set(id, await gathered.read(id));
    const asking = askingFor(held, ports);
    const judgement = judgeAccounts(
      partOf(held, asking.rest, ports),
      options.config,
      ids,
      askedRules(options),
    );
    if (asking.missing.size === 0) return judgement;
    missing = asking.missing;
  }
}

/** The estate of the accounts that are held; gaps of accounts that nobody has count everywhere, as they do in the whole. */
function partOf(held: ReadonlyMap<string, Account>, rest: Rest, { gathered, connections }: BatchPorts) {
  const { rest: snapshot } = gathered;
  const coverage = snapshot.coverage.filter(
    ({ account }) => account === undefined || held.has(account) || connections.facts(account) === undefined,
  );
  const accounts = [...held.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return buildEstate({ ...snapshot, accounts, coverage }, rest);
}

/** Listens for what a part is asked for and does not hold. */
function askingFor(
  held: ReadonlyMap<string, Account>,
  { gathered: { documents }, connections, seesEveryCluster }: BatchPorts,
): { readonly missing: ReadonlySet<string>; readonly rest: Rest } {
  const missing = new Set<string>();
  const add = (ids: Iterable<string>): void => {
    for (const id of ids) if (!held.has(id) && connections.facts(id) !== undefined) missing.add(id);
  };
  const once = new Set<string>();
  const first = (key: string): boolean => {
    const { size } = once;
    return once.add(key).size > size;
  };
  const account = (id: string): void => add([id]);
  return {
    missing,
    rest: {
      seesEveryCluster,
      documents: (arn) => documents.get(arn),
      asked: {
        account,
        role: (arn) => account(parseArn(arn)?.account ?? ''),
        issuer: (key, found) => {
          if (!first(`issuer ${found} ${key}`)) return;
          add(connections.ownersOf(key));
          if (!found) add(connections.meantBy(key, held.keys()));
        },
        podsOf: (arn) => {
          if (first(`pods ${arn}`)) add(connections.givingTo(arn));
        },
      },
    },
  };
}
