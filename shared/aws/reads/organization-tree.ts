import {
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  type OrganizationsClient,
  type PolicyType,
} from '@aws-sdk/client-organizations';
import type { Permissions } from '../permission.ts';
import type { Reading } from '../reading.ts';

export const permissions: Permissions = {
  actions: [
    'organizations:ListAccountsForParent',
    'organizations:ListOrganizationalUnitsForParent',
    'organizations:ListRoots',
  ],
  for: 'organization',
};

/** The roots and units of an organization. */
export interface OrganizationTree {
  /** Ids from the root down to the unit above each account, joined by slashes. */
  readonly paths: Readonly<Record<string, string>>;
  /** Ids of all roots and units, with or without accounts. */
  readonly units: ReadonlySet<string>;
  /** How the roots stand to each type of policies: ENABLED, or on the way there or back; a type that is not in use is not there. */
  readonly policyTypes: ReadonlyMap<PolicyType, string>;
}

interface Found {
  readonly paths: Record<string, string>;
  readonly units: Set<string>;
}

/** Reads the tree above all accounts; null when a part of it was not read, since an account may hang there. */
export async function readTree(
  client: OrganizationsClient,
  reading: Reading,
): Promise<OrganizationTree | null> {
  const roots = await reading.pages('organizations:ListRoots', {}, async (NextToken) => {
    const { Roots, NextToken: next } = await client.send(new ListRootsCommand({ NextToken }));
    return { items: Roots, next };
  });
  if (roots === undefined || !roots.complete) return null;
  const found: Found = { paths: {}, units: new Set() };
  const whole = await Promise.all(roots.items.map(({ Id = '' }) => walk(client, reading, [Id], found)));
  if (whole.includes(false)) return null;
  const policyTypes = new Map<PolicyType, string>();
  for (const { Type, Status = 'unknown' } of roots.items.flatMap(({ PolicyTypes = [] }) => PolicyTypes))
    if (Type !== undefined) policyTypes.set(Type, Status);
  return { ...found, policyTypes };
}

/** Notes the path of each account below a root or unit; false when a part of the tree was not read. */
async function walk(
  client: OrganizationsClient,
  reading: Reading,
  path: readonly string[],
  found: Found,
): Promise<boolean> {
  const ParentId = path.at(-1);
  if (ParentId !== undefined) found.units.add(ParentId);
  const place = ParentId === undefined ? {} : { subject: ParentId };
  const [accounts, units] = await Promise.all([
    reading.pages('organizations:ListAccountsForParent', place, async (NextToken) => {
      const answer = await client.send(new ListAccountsForParentCommand({ ParentId, NextToken }));
      return { items: answer.Accounts, next: answer.NextToken };
    }),
    reading.pages('organizations:ListOrganizationalUnitsForParent', place, async (NextToken) => {
      const answer = await client.send(new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken }));
      return { items: answer.OrganizationalUnits, next: answer.NextToken };
    }),
  ]);
  for (const { Id } of accounts?.items ?? []) if (Id !== undefined) found.paths[Id] = path.join('/');
  const below = await Promise.all(
    (units?.items ?? []).map(({ Id = '' }) => walk(client, reading, [...path, Id], found)),
  );
  return accounts?.complete === true && units?.complete === true && !below.includes(false);
}
