import type { Config } from '../../shared/config/config.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import type { Account, CoverageGap, Snapshot } from '../../shared/estate/snapshot.ts';
import { canonicalSnapshot } from '../../shared/estate/write-snapshot.ts';
import { issuerKey } from '../../shared/identity/issuer.ts';
import { rules } from '../../shared/rules/index.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';

/** A snapshot that shows something, and what the configuration says of it. */
export interface Specimen {
  readonly snapshot: Snapshot;
  readonly config: Partial<Config>;
}

/** The examples of every rule, both sides, and the demo organization, which has more in it, several times. */
export function specimens(): readonly Specimen[] {
  const examples = rules.flatMap((rule) => {
    const { fails, passes } = rule.examples();
    return [fails, passes].map(({ snapshot, config = {} }) => ({ snapshot, config }));
  });
  const demo = { snapshot: demoSnapshot(), config: {} };
  return [...examples, ...examples.map(apart), ...Array.from({ length: 12 }, () => demo)];
}

/** A specimen whose IAM is in another account than its clusters: roles, providers and policies, whoever refers to them. */
export function apart({ snapshot, config }: Specimen): Specimen {
  const elsewhere = '777766665555';
  const [first] = snapshot.accounts;
  if (first === undefined) return { snapshot, config };
  const moved: Specimen = JSON.parse(
    JSON.stringify({ snapshot, config }).replaceAll(
      `arn:aws:iam::${first.id}:`,
      `arn:aws:iam::${elsewhere}:`,
    ),
  );
  const [account, ...others] = moved.snapshot.accounts;
  if (account === undefined) return moved;
  const { roles, oidcProviders, policies, users, observed, ...rest } = account;
  const iam = Object.fromEntries(
    Object.entries({ roles, oidcProviders, policies, users, observed }).filter(
      ([, list]) => list !== undefined,
    ),
  );
  const split: Account[] = [
    { ...rest, roles: [], oidcProviders: [], policies: [], users: [] },
    { id: elsewhere, partition: account.partition, ...iam, trails: [], regions: [] },
  ];
  return { ...moved, snapshot: { ...moved.snapshot, accounts: [...split, ...others] } };
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ACCOUNT = /\b\d{12}\b/g;
/** The end of an issuer, also of one that is an example. */
const ISSUER = /\b[0-9A-Z]{32}\b/g;

/**
 * An organization of several specimens whose accounts and issuers got names of their own, and in which references then
 * point at random to accounts and clusters of others: with slips of the pen, with lists and accounts that were not read.
 */
export function mixedOrganization(
  chosen: readonly Specimen[],
  seed: number,
): { readonly snapshot: Snapshot; readonly config: Config } {
  const random = randomOf(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const renamed = chosen.map((specimen, index) => withNamesOfItsOwn(specimen, index));
  const ids = [...new Set(renamed.flatMap(({ snapshot }) => snapshot.accounts.map(({ id }) => id)))];
  const issuers = [
    ...new Set(renamed.flatMap(({ snapshot }) => snapshot.accounts.flatMap(issuersOf))),
    'DEAD0000000000000000000000000000',
  ];
  const names = renamed.flatMap(({ snapshot }) => snapshot.accounts.flatMap(clusterNamesOf));
  const roles = renamed.flatMap(({ snapshot }) =>
    snapshot.accounts.flatMap((account) => (account.roles ?? []).map(({ arn }) => arn)),
  );
  const accounts = renamed.flatMap(({ snapshot }) =>
    snapshot.accounts.map((account) => crossed(account, { random, pick, ids, issuers, names, roles })),
  );
  const gaps = renamed.flatMap(({ snapshot }) => snapshot.coverage);
  const hidden = random() < 0.3 ? [pick(ids)] : [];
  const bare = accounts.map((account) =>
    hidden.includes(account.id) ? { id: account.id, partition: account.partition } : account,
  );
  const coverage: CoverageGap[] = [
    ...gaps,
    ...hidden.map((account) => ({ account, read: 'sts:AssumeRole', reason: 'AccessDenied' })),
    ...(random() < 0.1
      ? [{ account: '000000000001', read: 'sts:AssumeRole', reason: 'the account is suspended' }]
      : []),
    ...(random() < 0.1 ? [{ read: 'organizations:ListPolicies', reason: 'AccessDenied' }] : []),
  ];
  const { organization } =
    chosen.find(({ snapshot }) => snapshot.organization?.controlPolicies)?.snapshot ?? {};
  const snapshot = canonicalSnapshot({
    schemaVersion: 1,
    takenAt: chosen[0]?.snapshot.takenAt ?? '2026-11-22T00:00:00Z',
    ...(random() < 0.9 && { organization: { ...organization, complete: random() < 0.8 } }),
    accounts: [...new Map(bare.map((account) => [account.id, account])).values()],
    coverage,
  });
  return { snapshot, config: mixedConfig(renamed) };
}

function mixedConfig(renamed: readonly Specimen[]): Config {
  const config = Object.assign({ ...defaultConfig }, ...renamed.map((specimen) => specimen.config));
  const bindings = renamed.flatMap((specimen) => specimen.config.bindings ?? []);
  return bindings.length === 0 ? config : { ...config, bindings };
}

function withNamesOfItsOwn(specimen: Specimen, index: number): Specimen {
  const own = new Set(specimen.snapshot.accounts.map(({ id }) => id));
  const text = JSON.stringify(specimen).replaceAll(ACCOUNT, (id) =>
    own.has(id)
      ? String(((BigInt(id) + 1_000_000_007n * BigInt(index + 1)) % 900_000_000_000n) + 100_000_000_000n)
      : id,
  );
  const digit = index.toString(16).toUpperCase().padStart(3, '0');
  return JSON.parse(text.replaceAll(ISSUER, (id) => `${digit}${id.slice(3)}`));
}

function issuersOf({ regions = [] }: Account): string[] {
  return regions.flatMap(({ clusters = [] }) =>
    clusters.flatMap(({ issuer }) =>
      issuer === undefined ? [] : [issuerKey(issuer).split('/').at(-1) ?? ''],
    ),
  );
}

const clusterNamesOf = ({ regions = [] }: Account): string[] =>
  regions.flatMap(({ clusters = [] }) => clusters.map(({ name }) => name));

/** No two clusters have the same issuer, whatever their accounts refer to. */
function withOwnIssuers(changed: Account, { regions = [] }: Account): Account {
  if (changed.regions === undefined) return changed;
  const issuers = new Map(
    regions.flatMap(({ name: region, clusters = [] }) =>
      clusters.map(({ name, issuer }) => [`${region} ${name}`, issuer] as const),
    ),
  );
  return {
    ...changed,
    regions: changed.regions.map((region) =>
      region.clusters === undefined
        ? region
        : {
            ...region,
            clusters: region.clusters.map((cluster) => {
              const issuer = issuers.get(`${region.name} ${cluster.name}`);
              return issuer === undefined ? cluster : { ...cluster, issuer };
            }),
          },
    ),
  };
}

interface Others {
  readonly random: () => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly ids: readonly string[];
  readonly issuers: readonly string[];
  readonly names: readonly string[];
  readonly roles: readonly string[];
}

/** Lists that a snapshot may lack. */
const LISTS = ['roles', 'oidcProviders', 'policies', 'regions', 'trails', 'users'] as const;

function crossed(account: Account, { random, pick, ids, issuers, names, roles }: Others): Account {
  const rate = random() * 0.3;
  const mistyped = (id: string): string => {
    const at = Math.floor(random() * id.length);
    return `${id.slice(0, at)}${pick([...'0123456789ABCDEF', ''])}${id.slice(at + Math.floor(random() * 2))}`;
  };
  const text = JSON.stringify(account)
    .replaceAll(/(?<!"arn":")arn:aws:iam::\d{12}:role\/[\w/-]+/g, (arn) =>
      random() < rate / 2 ? pick(roles) : arn,
    )
    .replaceAll(/(?<=")(?:[\w.:/-]*)\b\d{12}\b(?=[^"]*")/g, (start) =>
      random() < rate ? start.replace(/\d{12}$/, pick(ids)) : start,
    )
    .replaceAll(ISSUER, (id) =>
      random() < rate ? (random() < 0.3 ? mistyped(pick(issuers)) : pick(issuers)) : id,
    )
    .replaceAll(/"((?:[\w/-]*)cluster-name)":"[^"]*"/g, (tag, key) =>
      random() < rate ? `"${key}":"${pick(names)}"` : tag,
    );
  // What an account has is its own, whatever it refers to.
  const own = text.replaceAll(/(?<="arn":"arn:[\w-]+:\w+:[\w-]*:)\d{12}(?=:)/g, account.id);
  const changed = withOwnIssuers({ ...JSON.parse(own), id: account.id }, account);
  const lacking = random() < 0.15 ? pick(LISTS) : undefined;
  return Object.fromEntries(Object.entries(changed).filter(([list]) => list !== lacking)) as Account;
}
