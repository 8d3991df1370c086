import { partitionOfRegion } from '../identity/partitions.ts';
import { STS_AUDIENCE } from '../identity/service-account.ts';
import { alongWith, pairsOf, settledBy } from './pairs.ts';
import type { Shown } from './shown.ts';
import {
  freshIssuer,
  freshValue,
  type OpenValue,
  type Place,
  type Values,
  type World,
} from './unresolved.ts';
import { writtenTrust } from './written-trust.ts';

/** What kind of thing stands where an open value stands. */
type Use =
  | 'issuer'
  | 'issuer-id'
  | 'provider'
  | 'principal'
  | 'account'
  | 'region'
  | 'partition'
  | 'audience'
  | 'text';

/** More worlds than this are not tried; what depends on open values stays undecided then. */
const MOST_WORLDS = 120;

/** Where a file is deployed, as far as it was told, and as the file itself suggests. */
export interface KnownPlace {
  readonly account?: string;
  readonly region?: string;
}

/** What a file says of places: the ARNs and issuers in it. */
export interface Literals {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly partitions: readonly string[];
  readonly issuers: readonly string[];
}

/** Reads the literals of a file. */
export function literalsOf(text: string): Literals {
  const all = (pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].slice(0, 20);
  const region = '([a-z]{2,5}(?:-[a-z]+)+-\\d+)';
  return {
    accounts: all(/\barn:[\w-]*:[\w-]*:[\w-]*:(\d{12}):/g),
    regions: [
      ...new Set([
        ...all(new RegExp(`\\boidc[.-]eks\\.${region}\\.`, 'g')),
        ...all(new RegExp(`\\barn:[\\w-]*:[\\w-]*:${region}:`, 'g')),
      ]),
    ],
    partitions: all(/\barn:(aws[\w-]*):/g),
    issuers: [
      ...new Set([
        ...all(/\b(oidc[.-]eks\.[a-z0-9-]+\.[a-z.]+\/id\/\w+)/g),
        // However it is spelt: what stands before a claim, or in the ARN of a provider.
        ...all(/([\w.-]+\.[\w.-]+\/[\w./-]*):(?:sub|aud)\b/gi),
        ...all(/:oidc-provider\/([\w./-]+)/g),
      ]),
    ],
  };
}

/** Where the file is taken to be deployed first: what was told, else what its own ARNs name first. */
export function likelyPlace(known: KnownPlace, { accounts, regions, partitions }: Literals): Place {
  const region = known.region ?? regions[0];
  const partition = region === undefined ? (partitions[0] ?? 'aws') : partitionOfRegion(region);
  return {
    account: known.account ?? accounts[0] ?? NO_ACCOUNT,
    partition,
    region: region ?? HOMES.find(([name]) => name === partition)?.[1] ?? 'us-east-1',
  };
}

/** Stands for an account that neither the file nor anybody names. */
export const NO_ACCOUNT = '000000000000';

/** A region of each partition that is open to customers of its own. */
const HOMES: readonly (readonly [string, string])[] = [
  ['aws', 'us-east-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
];

/** The first world: each open value is one of its own, of the kind of thing that its place asks for. */
export function firstWorld(bare: World, asked: Values['asked'], shown: Shown): World {
  const { place } = bare;
  const names = [...asked.values.keys()];
  const pairs = pairsOf(names, shown);
  const settled = settledIn(names, place, shown);
  const values = new Map(
    names.flatMap((name): [string, string][] => {
      const told = settled.get(name);
      if (told !== undefined) return [[name, told]];
      const use = useOf(freshValue(name), shown);
      const paired = use === 'issuer' ? pairs.find(({ issuer }) => issuer === name) : undefined;
      const value =
        paired === undefined ? ownValue(name, use, place, shown) : freshIssuer(paired.provider, place);
      return value === freshValue(name) ? [] : [[name, value]];
    }),
  );
  return { ...bare, values };
}

const settledIn = (names: readonly string[], { partition, account }: Place, shown: Shown) =>
  settledBy(names, `arn:${partition}:iam::${account}`, shown);

function ownValue(name: string, use: Use, place: Place, shown: Shown): string {
  const { partition, account } = place;
  switch (use) {
    case 'issuer':
      return freshIssuer(name, place);
    case 'provider':
      return `arn:${partition}:iam::${account}:oidc-provider/${freshIssuer(name, place)}`;
    case 'principal':
      return `arn:${partition}:iam::${account}:role/${freshValue(name)}`;
    case 'account':
      return freshAccount(name);
    case 'issuer-id':
      return idOf(freshIssuer(name, place));
    case 'region':
      return place.region;
    case 'partition':
      return partition;
    case 'audience':
      return STS_AUDIENCE;
    case 'text':
      return asSubjectPart(freshValue(name), shown);
  }
}

const idOf = (issuer: string): string => issuer.slice(issuer.lastIndexOf('/') + 1);

/** The part of a subject that a text stands for, by the colons that the rest leaves wanting. */
function asSubjectPart(own: string, { roles }: Shown): string {
  const values = roles.flatMap(({ trust: { text } }) => conditionValues(text, own, /:sub$/i));
  const holder = values.find((value) => value.includes(own));
  const wanting = holder === undefined ? 0 : 3 - (holder.match(/:/g)?.length ?? 0);
  const names = ['system', 'serviceaccount', own, own];
  return wanting < 1 || wanting > 3 ? own : names.slice(3 - wanting).join(':');
}

function freshAccount(name: string): string {
  const digits = freshValue(name).replace(/\D/g, '').padEnd(11, '7').slice(0, 11);
  return `9${digits}`;
}

/** The kind of thing, by where in the trust policies and other parts the value stands. */
function useOf(own: string, shown: Shown): Use {
  const trusts = shown.roles.map(({ trust }) => trust.text);
  const within = (text: string) => trusts.some((trust) => trust.includes(text));
  const anywhere = (text: string) => within(text) || inClusters(text, shown);
  if (within(`oidc-provider/${own}`) || within(`${own}:sub`) || within(`${own}:aud`)) return 'issuer';
  if (shown.providers.some(({ issuer }) => issuer === own)) return 'issuer';
  if (within(`/id/${own}`)) return 'issuer-id';
  if (within(`oidc.eks.${own}.`) || within(`oidc-eks.${own}.`) || anywhere(`:eks:${own}:`)) return 'region';
  if (anywhere(`:iam::${own}:`)) return 'account';
  if (anywhere(`arn:${own}:`)) return 'partition';
  if (trusts.some((trust) => isAudience(own, trust))) return 'audience';
  const entries = trusts.flatMap((trust) => (trust.includes(own) ? writtenTrust(trust).principals : []));
  const entry = entries.find(({ value }) => value === own);
  if (entry !== undefined) return entry.kind === 'Federated' ? 'provider' : 'principal';
  return isPrincipal(own, shown) ? 'principal' : 'text';
}

function isAudience(own: string, trust: string): boolean {
  return conditionValues(trust, own, /:aud$/i).includes(own);
}

/** Values of conditions on some key, of a policy that holds a text at all. */
function conditionValues(trust: string, own: string, on: RegExp): string[] {
  if (!trust.includes(own)) return [];
  return writtenTrust(trust).conditions.flatMap(({ key, values }) => (on.test(key) ? values : []));
}

function inClusters(text: string, { clusters }: Shown): boolean {
  return clusters.some(({ associations, entries, serviceAccounts, awsAuth }) =>
    JSON.stringify([associations, entries, serviceAccounts, awsAuth?.data]).includes(text),
  );
}

function isPrincipal(own: string, { clusters }: Shown): boolean {
  return clusters.some(
    ({ associations, entries, serviceAccounts, awsAuth }) =>
      associations.some(({ value }) => value.roleArn === own || value.targetRoleArn === own) ||
      entries.some(({ value }) => value.principalArn === own) ||
      serviceAccounts.some(({ value }) => Object.values(value.annotations ?? {}).includes(own)) ||
      Object.values(awsAuth?.data ?? {}).some((section) => isMapped(own, section)),
  );
}

/** True for the whole ARN of a row of aws-auth, in whatever form the row is written. */
function isMapped(own: string, section: string): boolean {
  return new RegExp(`arn["']?\\s*:\\s*["']?${own}["']?\\s*(?:[,}]|$)`, 'im').test(section);
}

/**
 * The other worlds in which a finding has to hold as well before it is told: each open value in turn is what else it may
 * be, and all of one kind are the same. Null when there are too many.
 */
export function otherWorlds(
  first: World,
  asked: Values['asked'],
  shown: Shown,
  literals: Literals,
  known: KnownPlace,
): World[] | null {
  const { partition, account } = first.place;
  const pairs = pairsOf([...asked.values.keys()], shown);
  const settled = settledIn([...asked.values.keys()], first.place, shown);
  const opens = [...asked.values.values()]
    .filter(({ name }) => !settled.has(name))
    .map((open) => ({ open, use: useOf(freshValue(open.name), shown) }));
  const worlds = [
    ...opens.flatMap(({ open, use }) =>
      [...others(open, use, first.place, literals, shown), ...strangers(open, use, first.place, shown)].map(
        (value) =>
          withValues(first, [
            [open.name, value],
            ...alongWith(open.name, value, `arn:${partition}:iam::${account}`, pairs),
          ]),
      ),
    ),
    ...sameOf(first, opens, literals),
    ...refusals(first, [...asked.conditions]),
    ...(asked.place ? places(first.place, literals, known).map((place): World => ({ ...first, place })) : []),
  ];
  return worlds.length > MOST_WORLDS ? null : worlds;
}

/**
 * Providers that are no cluster's: what is open under Federated may be one of them, unless the policy asks for a
 * ServiceAccount.
 */
function strangers({ name }: OpenValue, use: Use, { partition, account }: Place, { roles }: Shown): string[] {
  if (use !== 'issuer' && use !== 'provider') return [];
  const trusts = roles.map(({ trust }) => trust.text).filter((text) => text.includes(freshValue(name)));
  if (trusts.every((text) => text.includes('system:serviceaccount'))) return [];
  const github = 'token.actions.githubusercontent.com';
  if (use === 'issuer') return [github];
  const home = `arn:${partition}:iam::${account}`;
  return [
    `${home}:oidc-provider/${github}`,
    `${home}:saml-provider/podtrust`,
    'cognito-identity.amazonaws.com',
  ];
}

/** What a text may turn out to be where a subject is written, whole or in part. */
const SHAPES = [
  '*',
  'system:serviceaccount',
  'podtrust-a:podtrust-b',
  'serviceaccount:podtrust-a:podtrust-b',
  'system:serviceaccount:podtrust-a:podtrust-b',
] as const;

function others(
  { name, candidates }: OpenValue,
  use: Use,
  place: Place,
  { issuers, accounts, regions }: Literals,
  { roles }: Shown,
): string[] {
  const { partition, account } = place;
  switch (use) {
    case 'issuer':
      return [...issuers, ...candidates];
    case 'provider':
      return [
        ...issuers.map((issuer) => `arn:${partition}:iam::${account}:oidc-provider/${issuer}`),
        ...candidates,
      ];
    case 'principal':
      return [
        '*',
        `arn:${partition}:iam::${account}:root`,
        `arn:${partition}:iam::999999999990:root`,
        ...candidates,
      ];
    case 'account':
      return [account, ...accounts, ...candidates];
    case 'issuer-id':
      return [...issuers.map(idOf), ...candidates];
    case 'region':
      return [...regions, ...HOMES.map(([, region]) => region), ...candidates];
    case 'partition':
      return [...HOMES.map(([name]) => name), ...candidates];
    case 'audience':
      return ['*', 'https://kubernetes.default.svc', ...candidates];
    case 'text':
      return [
        ...(roles.some(({ trust }) => trust.text.includes(freshValue(name))) ? SHAPES : []),
        ...candidates,
      ];
  }
}

/** All issuers the same one: a template often has the provider's ARN and its URL as two parameters. */
function sameOf(
  first: World,
  opens: readonly { readonly open: OpenValue; readonly use: Use }[],
  { issuers }: Literals,
): World[] {
  const concerned = opens.filter(({ use }) => use === 'issuer' || use === 'provider');
  if (concerned.length < 2) return [];
  const [one] = concerned;
  const own = one === undefined ? [] : [freshIssuer(one.open.name, first.place)];
  const { partition, account } = first.place;
  return [...own, ...issuers].map((issuer) =>
    withValues(
      first,
      concerned.map(({ open, use }) => [
        open.name,
        use === 'issuer' ? issuer : `arn:${partition}:iam::${account}:oidc-provider/${issuer}`,
      ]),
    ),
  );
}

function refusals(first: World, conditions: readonly string[]): World[] {
  const sets = [...conditions.map((one) => [one]), ...(conditions.length > 1 ? [conditions] : [])];
  return sets.map((refused) => ({ ...first, refused: new Set(refused) }));
}

function places(place: Place, { accounts, regions, partitions }: Literals, known: KnownPlace): Place[] {
  const otherAccounts = known.account === undefined ? [...accounts, NO_ACCOUNT] : [];
  const homes = known.region === undefined ? [...HOMES] : [];
  const named =
    known.region === undefined ? regions.map((region) => [partitionOfRegion(region), region] as const) : [];
  return [
    ...otherAccounts.filter((account) => account !== place.account).map((account) => ({ ...place, account })),
    // A template that spells a partition out is for that one.
    ...[...named, ...homes]
      .filter(([partition]) => partitions.length === 0 || partitions.includes(partition))
      .map(([partition, region]) => ({ ...place, partition, region })),
  ];
}

function withValues(world: World, values: readonly (readonly [string, string])[]): World {
  return { ...world, values: new Map([...world.values, ...values]) };
}
