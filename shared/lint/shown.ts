import type { ServiceAccount } from '../estate/kubernetes-schema.ts';
import type { AccessEntry, Addon, Association, Cluster, OidcProvider, Role } from '../estate/snapshot.ts';
import type { Text } from './located.ts';
import type { PolicyText } from './policy-text.ts';
import type { Place } from './unresolved.ts';

/** What a file shows of an estate, each thing with its offset in the file. Nothing that it leaves out is known. */
export interface Shown {
  readonly roles: readonly ShownRole[];
  readonly providers: readonly ShownProvider[];
  readonly clusters: readonly ShownCluster[];
  /** What the file leaves open as a whole. */
  readonly left: readonly LeftOut[];
  /** Parts of the file of which nothing is made in this world, since a condition does not hold. */
  readonly absent: readonly Span[];
}

/** A part of a file, from an offset to that before another. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Something about identity that could not be judged, because the file does not tell what it is. */
interface LeftOut {
  readonly at: number;
  readonly text: string;
}

/** A place in which a part is not known. */
export type Whereabouts = { readonly [part in keyof Place]: string | null };

export interface ShownRole {
  readonly at: number;
  readonly name: string;
  /** With the slashes around it. */
  readonly path: string;
  readonly where: Whereabouts;
  readonly trust: PolicyText;
  /** The tool that reads the file makes it: nothing of its trust policy stands there. */
  readonly made?: true;
  readonly facts: Pick<Role, 'attachedPolicies' | 'inlinePolicies' | 'permissionsBoundary' | 'tags'>;
}

export interface ShownProvider {
  readonly at: number;
  readonly where: Whereabouts;
  /** Without https://. */
  readonly issuer: string;
  readonly facts: Pick<OidcProvider, 'clientIds'>;
}

/** Stands for the policies of a role that a file does not show: with it a grade is told only where no other could change it. */
const UNSHOWN = 'policies that the file does not show';

/** The permissions of a role as far as a file shows them; nothing where it shows none. */
export function shownPermissions(
  attached: readonly string[],
  inline: readonly { readonly name: string; readonly document: string }[],
): ShownRole['facts'] {
  if (attached.length === 0 && inline.length === 0) return {};
  return { attachedPolicies: [...attached, UNSHOWN], inlinePolicies: [...inline] };
}

interface Item<T> {
  readonly at: number;
  readonly value: T;
}

export interface ShownCluster {
  readonly at: number;
  /** Null: the file does not name the cluster that it is for. */
  readonly name: string | null;
  readonly where: Whereabouts;
  readonly facts: Partial<Omit<Cluster, 'name' | 'arn'>>;
  readonly associations: readonly Item<Omit<Association, 'id'>>[];
  readonly entries: readonly Item<AccessEntry>[];
  readonly addons: readonly Item<Addon>[];
  readonly serviceAccounts: readonly (Item<ServiceAccount> & {
    readonly annotationsAt: ReadonlyMap<string, number>;
  })[];
  readonly awsAuth: ShownAwsAuth | null;
}

export interface ShownAwsAuth {
  readonly at: number;
  /** False: the cluster's ConfigMap has rows that the file does not show. */
  readonly whole: boolean;
  readonly data: Readonly<Record<string, string>>;
  readonly sections: ReadonlyMap<string, Text>;
}

export const NOTHING: Shown = { roles: [], providers: [], clusters: [], left: [], absent: [] };

/** What several documents of one file show together; clusters of one name and place become one. */
export function together(parts: readonly Shown[]): Shown {
  const clusters = parts.flatMap((part) => part.clusters);
  return {
    roles: parts.flatMap(({ roles }) => roles),
    providers: parts.flatMap(({ providers }) => providers),
    clusters: mergedClusters(clusters),
    left: [...parts.flatMap(({ left }) => left), ...overwritten(clusters)],
    absent: parts.flatMap(({ absent }) => absent),
  };
}

const sameCluster = (clusters: readonly ShownCluster[]): ShownCluster[][] => [
  ...Map.groupBy(clusters, ({ name, where }) => JSON.stringify([name, where.account, where.region])).values(),
];

/** Every aws-auth of one cluster but the last, which is the one that is judged. */
function overwritten(clusters: readonly ShownCluster[]): LeftOut[] {
  return sameCluster(clusters).flatMap((group) =>
    group
      .flatMap(({ awsAuth }) => awsAuth ?? [])
      .slice(0, -1)
      .map(({ at }) => ({
        at,
        text: 'aws-auth: another one of this cluster stands below, and only that is judged',
      })),
  );
}

function mergedClusters(clusters: readonly ShownCluster[]): ShownCluster[] {
  return sameCluster(clusters).flatMap(([first, ...more]) =>
    first === undefined ? [] : [more.reduce(mergeClusters, first)],
  );
}

function mergeClusters(one: ShownCluster, other: ShownCluster): ShownCluster {
  const declared = Object.keys(other.facts).length > 0 ? other : one;
  return {
    at: declared.at,
    name: one.name,
    where: one.where,
    facts: { ...one.facts, ...other.facts },
    associations: [...one.associations, ...other.associations],
    entries: mergedEntries([...one.entries, ...other.entries]),
    addons: [...one.addons, ...other.addons],
    serviceAccounts: [...one.serviceAccounts, ...other.serviceAccounts],
    awsAuth: other.awsAuth ?? one.awsAuth,
  };
}

/** An entry and the policies that are attached to it elsewhere in the file are one. */
function mergedEntries(entries: readonly Item<AccessEntry>[]): Item<AccessEntry>[] {
  const groups = Map.groupBy(entries, ({ value }) => value.principalArn);
  return [...groups.values()].flatMap((group) => {
    const entry = group.find(({ value }) => value.type !== undefined) ?? group[0];
    if (entry === undefined) return [];
    const lists = group.flatMap(({ value }) => (value.policies === undefined ? [] : [value.policies]));
    const policies = lists.length === 0 ? {} : { policies: lists.flat() };
    return [{ at: entry.at, value: { ...entry.value, ...policies } }];
  });
}

/** A cluster of which nothing is known yet. */
export function bareCluster(at: number, name: string | null, where: Whereabouts): ShownCluster {
  return {
    at,
    name,
    where,
    facts: {},
    associations: [],
    entries: [],
    addons: [],
    serviceAccounts: [],
    awsAuth: null,
  };
}

export const NOWHERE: Whereabouts = { account: null, partition: null, region: null };
