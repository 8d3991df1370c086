import { compareText } from '../../audit/order.ts';
import type { Config } from '../../config/config.ts';
import type { Rest } from '../../estate/asked.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { Estate } from '../../estate/estate.ts';
import { policyDocuments } from '../../estate/role-view.ts';
import type { Snapshot } from '../../estate/snapshot.ts';
import { parseArn } from '../../iam/arn.ts';
import { isOwnedByAws } from '../../joining/aws-policy.ts';
import { issuerId } from '../../joining/issuer-id.ts';
import { tiesOf } from '../../joining/ties.ts';
import { type Judgement, judge, judgeAccounts } from '../../rules/judge.ts';
import { joinSnapshots, type UnreadAccount } from '../join-snapshots.ts';
import { type AskedFor, accountsAskedFor, asksNothing } from './asked-for.ts';
import { type Joined, type JoinedAccount, MOST_BESIDE } from './join.ts';
import type { Listed } from './list-accounts.ts';
import { organizationFor } from './organization-for.ts';
import type { ScanIndex } from './scan-index.ts';

/** What an account of a scan is judged with. */
export interface PartPorts {
  readonly listed: Listed;
  readonly whole: Joined;
  readonly config: Config;
  readonly index: () => Promise<ScanIndex>;
  /** The snapshot of an account. */
  readonly read: (key: string) => Promise<Snapshot>;
  /** A snapshot of several accounts with what was observed in them. */
  readonly observed: (snapshot: Snapshot) => Promise<Snapshot>;
  /** Time for a judgement without any snapshot, UTC. */
  readonly now: string;
  /** Other accounts that are read besides, where they can be: what is open is about them. */
  readonly about?: readonly string[];
  /** Most other accounts that are held at once, 100 unless told. */
  readonly most?: number;
}

/** An account's judgement, and what it hangs on beyond the accounts that are beside it. */
export interface JudgedPart {
  readonly estate: Estate;
  readonly judgement: Judgement;
  readonly asked: AskedFor;
  /** Accounts that were read since they were asked for, and those that documents were taken from. */
  readonly further: readonly string[];
}

/** What is at hand of the scan's accounts: it only grows. */
interface Held {
  readonly snapshots: Map<string, Snapshot>;
  /** Of AWS's managed policies, as other accounts have them. */
  readonly documents: Map<string, string>;
  readonly lenders: Set<string>;
  /** Accounts that were asked for: what the organization says of them counts, and that they were not read. */
  readonly near: Set<string>;
  /** Accounts for which there is no room. */
  readonly beyond: Set<string>;
}

/**
 * Judges an account of a scan as if every account were at hand: what it asks for and is not beside it is looked up in the
 * scan's index and read, and the account is judged again, until nothing is missing. What there is no room for is a gap, and
 * then no issuer is called foreign.
 */
export async function judgeWith(joined: JoinedAccount, ports: PartPorts): Promise<JudgedPart> {
  const held: Held = {
    snapshots: new Map([[joined.account, await ports.read(joined.key)]]),
    documents: new Map(),
    lenders: new Set(),
    near: new Set(),
    beyond: new Set(),
  };
  for (const each of joined.beside)
    if ('key' in each) held.snapshots.set(each.account, await ports.read(each.key));
  const beside = new Set(held.snapshots.keys());
  await answer({ ...NOTHING, accounts: ports.about ?? [] }, held, ports);
  for (;;) {
    const heard = listener(joined.account);
    const estate = await estateOf(joined, held, heard, ports);
    judgeAccounts(estate, ports.config, new Set([joined.account]));
    const asked = askedOf(heard, held, ports);
    if (await answer(asked, held, ports)) continue;
    const further = [...held.snapshots.keys()].filter((id) => !beside.has(id));
    return {
      estate,
      judgement: judge(estate, ports.config),
      asked: { ...asked, accounts: [...new Set([...asked.accounts, ...(ports.about ?? [])])].sort() },
      further: [...new Set([...further, ...held.lenders])].sort(),
    };
  }
}

const NOTHING: AskedFor = { accounts: [], issuers: [], roles: [], policies: [] };

/** Has what was asked for, as far as it can be had; true when something is at hand now that was not before. */
async function answer(asked: AskedFor, held: Held, ports: PartPorts): Promise<boolean> {
  if (asksNothing(asked)) return false;
  const before = sizeOf(held);
  const index = await ports.index();
  const counts = new Set([
    ...(ports.listed.organization?.accounts ?? []),
    ...ports.listed.leftOut.map(({ account }) => account),
    ...ports.whole.unread.map(({ account }) => account),
  ]);
  const most = ports.most ?? MOST_BESIDE;
  for (const id of accountsAskedFor(asked, index)) {
    if (counts.has(id)) held.near.add(id);
    const place = index.read(id);
    if (place === undefined || held.snapshots.has(id)) continue;
    if (held.snapshots.size > most) held.beyond.add(id);
    else held.snapshots.set(id, await ports.read(place.key));
  }
  for (const arn of asked.policies) {
    const lender = index.withPolicy(arn);
    if (lender === undefined || held.documents.has(arn)) continue;
    const [account] = (await ports.read(index.read(lender)?.key ?? '')).accounts;
    const document = account?.policies?.find((policy) => policy.arn === arn)?.document;
    if (document === undefined) continue;
    held.documents.set(arn, document);
    held.lenders.add(lender);
  }
  return sizeOf(held) > before;
}

const sizeOf = ({ snapshots, documents, near, beyond }: Held): number =>
  snapshots.size + documents.size + near.size + beyond.size;

/** What a judgement is heard to ask for. */
interface Heard {
  readonly ports: Rest['asked'];
  readonly accounts: Set<string>;
  /** Issuers, and whether it found a cluster of each. */
  readonly issuers: Map<string, boolean>;
  readonly roles: Set<string>;
  readonly policies: Set<string>;
}

/** Listens for one judgement. Who gives roles of the account itself to pods is beside it anyway. */
function listener(own: string): Heard {
  const [accounts, roles, policies] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const issuers = new Map<string, boolean>();
  const account = (id: string): void => {
    if (/^\d{12}$/.test(id)) accounts.add(id);
  };
  return {
    accounts,
    issuers,
    roles,
    policies,
    ports: {
      account,
      role: (arn) => account(parseArn(arn)?.account ?? ''),
      issuer: (key, found) => void issuers.set(key, found && issuers.get(key) !== false),
      podsOf: (arn) => {
        if (parseArn(arn)?.account !== own) roles.add(arn);
      },
    },
  };
}

/** What was asked for, with the names that say which cluster an issuer may have been meant for. */
function askedOf({ accounts, issuers, roles, policies }: Heard, held: Held, { config }: PartPorts): AskedFor {
  const all = [...issuers].sort(([a], [b]) => compareText(a, b));
  const names = all.every(([, found]) => found) ? () => [] : namesIn(held, config);
  return {
    accounts: [...accounts].sort(),
    issuers: all.map(([issuer, found]) => ({ issuer, ...(!found && { names: names(issuerId(issuer)) }) })),
    roles: [...roles].sort(),
    policies: [...policies].sort(),
  };
}

/** What names the cluster of an issuer, in whichever account that is held. */
function namesIn({ snapshots }: Held, { bindings }: Config): (issuer: string) => string[] {
  const found = new Map<string, Set<string>>();
  for (const { accounts, coverage } of snapshots.values())
    for (const account of accounts)
      for (const { issuer, names } of tiesOf({ account, coverage, bindings, most: Number.POSITIVE_INFINITY })
        .trusts) {
        const known = found.get(issuer) ?? new Set();
        for (const name of names) known.add(name);
        found.set(issuer, known);
      }
  return (issuer) => [...(found.get(issuer) ?? [])].sort();
}

/** The estate of the accounts that are held, with what counts of the organization. */
async function estateOf(joined: JoinedAccount, held: Held, heard: Heard, ports: PartPorts): Promise<Estate> {
  const near = { ...joined, named: [...joined.named, ...held.near, ...held.snapshots.keys()] };
  const { organization, coverage, seesEveryCluster } = organizationFor(near, ports.listed, ports.whole);
  // In the order of their ids, as everything at once is: what comes first decides between equals.
  const snapshots = [...held.snapshots].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
  const all = joinSnapshots(snapshots, unreadOf(joined, held, ports), ports.now);
  const snapshot = await ports.observed({
    ...all,
    ...(organization !== null && { organization }),
    coverage: [...all.coverage, ...coverage],
  });
  const own = policyDocuments(snapshot);
  const isWhole = joined.beyond === undefined && held.beyond.size === 0;
  return buildEstate(snapshot, {
    asked: heard.ports,
    seesEveryCluster: seesEveryCluster && isWhole,
    documents: (arn) => {
      const document = own(arn) ?? held.documents.get(arn);
      if (document === undefined && isOwnedByAws(arn)) heard.policies.add(arn);
      return document;
    },
  });
}

/** Accounts on which the judgement hangs and which it does not hold, and why. */
function unreadOf(joined: JoinedAccount, held: Held, { listed, whole, most }: PartPorts): UnreadAccount[] {
  const reasons = new Map(
    [...listed.leftOut, ...whole.unread].map(({ account, reason }) => [account, reason]),
  );
  for (const each of joined.beside) if ('unread' in each) reasons.set(each.account, each.unread);
  const asked = [...held.near, ...joined.beside.map(({ account }) => account)];
  const unread = [...new Set(asked)].flatMap((account) => {
    const reason = held.snapshots.has(account) ? undefined : reasons.get(account);
    return reason === undefined ? [] : [{ account, reason }];
  });
  const beyond = [joined.beyond?.account, ...held.beyond].filter((id) => id !== undefined);
  const reason = `an account is judged with ${most ?? MOST_BESIDE} others at most`;
  return [...unread, ...[...new Set(beyond)].map((account) => ({ account, reason }))];
}
