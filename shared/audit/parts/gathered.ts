import type { Config } from '../../config/config.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { Account, CoverageGap, Snapshot } from '../../estate/snapshot.ts';
import { isOwnedByAws } from '../../joining/aws-policy.ts';
import { type Ties, tiesOf } from '../../joining/ties.ts';

/** What is kept in memory of an account: its ties to others, and what is counted and named. */
export interface AccountFacts {
  readonly id: string;
  readonly partition: string;
  /** About how many bytes the account takes as text. */
  readonly weight: number;
  readonly ties: Ties;
  readonly roles: number;
  readonly clusters: readonly ClusterName[];
  /** Whether nothing hides a cluster of it. */
  readonly seesEveryCluster: boolean;
  /** Whether ServiceAccounts of its clusters were read. */
  readonly showsServiceAccounts: boolean;
}

/** The names of a cluster. */
export interface ClusterName {
  readonly cluster: { readonly name: string; readonly arn: string };
  readonly region: string;
  readonly account: { readonly id: string };
}

/** Accounts that were read, each had when it is asked for: together they may be more than memory holds. */
export interface GatheredAccounts {
  /** In the order of their ids. */
  readonly accounts: readonly AccountFacts[];
  /** Managed policies that AWS owns: the same for all accounts. */
  readonly documents: ReadonlyMap<string, string>;
  /** Everything of the snapshot but the accounts. */
  readonly rest: Omit<Snapshot, 'accounts'>;
  readonly read: (id: string) => Promise<Account>;
}

/** Gathers the facts of accounts in whatever order they are read. */
export interface Gathering {
  /** Takes an account, or takes it anew. `coverage`: what could not be read of it. */
  readonly add: (account: Account, coverage: readonly CoverageGap[], weight: number) => void;
  readonly end: (rest: GatheredAccounts['rest'], read: GatheredAccounts['read']) => GatheredAccounts;
}

/** Begins to gather. */
export function gathering(bindings: Config['bindings']): Gathering {
  const facts = new Map<string, AccountFacts>();
  const documents = new Map<string, { readonly account: string; readonly document: string }>();
  return {
    add: (account, coverage, weight) => {
      facts.set(account.id, copyOf(factsOf(account, coverage, { bindings, weight })));
      for (const { arn, document } of account.policies ?? []) {
        // Whoever comes last in the order of accounts counts, as in an estate that holds them all.
        if (isOwnedByAws(arn) && !((documents.get(arn)?.account ?? '') > account.id))
          documents.set(arn, { account: account.id, document });
      }
    },
    end: (rest, read) => ({
      accounts: [...facts.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      documents: new Map([...documents].map(([arn, { document }]) => [arn, document])),
      rest,
      read,
    }),
  };
}

/** Pieces of texts keep the texts alive that they were cut from, policies for instance: a copy does not. */
const copyOf = <Data>(data: Data): Data => JSON.parse(JSON.stringify(data));

function factsOf(
  account: Account,
  coverage: readonly CoverageGap[],
  { bindings, weight }: { readonly bindings: Config['bindings']; readonly weight: number },
): AccountFacts {
  const { id, partition, regions = [] } = account;
  const clusters = regions.flatMap((region) =>
    (region.clusters ?? []).map((cluster) => ({ region: region.name, cluster })),
  );
  const alone = buildEstate({
    schemaVersion: 1,
    takenAt: NEVER,
    organization: WHOLE,
    accounts: [account],
    coverage: [...coverage],
  });
  return {
    id,
    partition,
    weight,
    ties: tiesOf({
      account,
      coverage,
      bindings,
      observed: observedIssuers(account),
      most: Number.POSITIVE_INFINITY,
    }),
    roles: account.roles?.length ?? 0,
    clusters: clusters.map(({ region, cluster: { name, arn } }) => ({
      cluster: { name, arn },
      region,
      account: { id },
    })),
    seesEveryCluster: alone.seesEveryCluster(),
    showsServiceAccounts: clusters.some(
      ({ cluster }) => (cluster.kubernetes?.serviceAccounts ?? []).length > 0,
    ),
  };
}

const NEVER = '1970-01-01T00:00:00Z';
const WHOLE = { complete: true };

/** Issuers of the tokens with which roles of an account were asked for. */
function observedIssuers({ observed }: Account): readonly string[] {
  const issuers = [...(observed?.sessions?.seen ?? []), ...(observed?.denials?.webIdentity ?? [])];
  return [...new Set(issuers.flatMap(({ issuer }) => issuer ?? []))];
}
