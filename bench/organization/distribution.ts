import { partitionNamed } from '../../shared/aws/partitions.ts';
import type { Holdings } from '../minimum-requests.ts';

/** The regions that every account has by default. */
export const REGIONS = partitionNamed('aws')?.defaultRegions ?? [];

/** A kind of account. Ranges are from, to; which value an account has follows from its number. */
export interface AccountKind {
  readonly name: string;
  /** Of a hundred accounts, so many are of this kind. */
  readonly share: number;
  readonly roles: readonly [number, number];
  readonly clusters: readonly [number, number];
  readonly addons: readonly [number, number];
  readonly associations: readonly [number, number];
  readonly accessEntries: readonly [number, number];
  readonly nodegroups: readonly [number, number];
}

const NONE = [0, 0] as const;

/**
 * What an organization consists of. An assumption, not a measurement: most accounts have no cluster, some have one or a few,
 * and few are the platforms that have many.
 */
export const KINDS: readonly AccountKind[] = [
  {
    name: 'without a cluster',
    share: 80,
    roles: [50, 70],
    clusters: NONE,
    addons: NONE,
    associations: NONE,
    accessEntries: NONE,
    nodegroups: NONE,
  },
  {
    name: 'one cluster',
    share: 14,
    roles: [80, 160],
    clusters: [1, 1],
    addons: [4, 6],
    associations: [2, 10],
    accessEntries: [4, 8],
    nodegroups: [1, 3],
  },
  {
    name: 'several clusters',
    share: 5,
    roles: [200, 400],
    clusters: [2, 4],
    addons: [4, 7],
    associations: [5, 20],
    accessEntries: [5, 10],
    nodegroups: [1, 4],
  },
  {
    name: 'platform',
    share: 1,
    roles: [1_000, 1_000],
    clusters: [8, 12],
    addons: [5, 8],
    associations: [15, 40],
    accessEntries: [6, 12],
    nodegroups: [2, 4],
  },
];

/** What one account holds. */
export interface AccountPlan {
  readonly id: string;
  readonly kind: AccountKind;
  readonly roles: number;
  readonly clusters: readonly {
    readonly name: string;
    readonly region: string;
    readonly addons: number;
    readonly associations: number;
    readonly accessEntries: number;
    readonly nodegroups: number;
  }[];
}

/** The first account of the organization; the others follow. */
const FIRST = 200_000_000_000;

export const idOf = (index: number): string => String(FIRST + index);

/** What the account with this number holds: always the same. */
export function planOf(index: number): AccountPlan {
  const id = idOf(index);
  const kind = kindOf(index);
  const within = ([from, to]: readonly [number, number], salt: number): number =>
    from + (mixed(index * 31 + salt) % (to - from + 1));
  const clusters = Array.from({ length: within(kind.clusters, 1) }, (_, number) => ({
    name: `cluster-${number}`,
    // Two to three regions of an organization have nearly all clusters.
    region: ['eu-west-1', 'us-east-1', 'eu-central-1'][number % 3] ?? 'eu-west-1',
    addons: within(kind.addons, 100 + number),
    associations: within(kind.associations, 200 + number),
    accessEntries: within(kind.accessEntries, 300 + number),
    nodegroups: within(kind.nodegroups, 400 + number),
  }));
  return { id, kind, roles: within(kind.roles, 2), clusters };
}

/** Every hundred accounts in a row have the shares exactly, in an order that mixes them. */
function kindOf(index: number): AccountKind {
  let place = (index * 37) % 100;
  for (const kind of KINDS) {
    if (place < kind.share) return kind;
    place -= kind.share;
  }
  throw new Error('the shares do not add up to a hundred');
}

/** Mixes the bits of a number: neighbours have nothing in common (finalizer of MurmurHash3). */
function mixed(number: number): number {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Policies beside the roles that the bulk read returns: one of the account's own, and AWS's that are attached. */
const POLICIES = 2;

/** What decides how many requests an account takes at least. */
export function holdingsOf({ roles, clusters }: AccountPlan): Holdings {
  return {
    authorizationDetails: roles + 1 + POLICIES,
    oidcProviders: clusters.length,
    regions: REGIONS.length,
    trailRegions: 0,
    // The organization's, which takes all management events.
    trails: 1,
    selectors: 0,
    clusters: clusters.map((cluster) => ({
      ...cluster,
      authenticationMode: 'API',
      identityProviderConfigs: 0,
      fargateProfiles: 0,
      capabilities: 0,
    })),
  };
}
