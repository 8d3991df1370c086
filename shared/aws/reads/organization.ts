import {
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListPoliciesCommand,
  ListRootsCommand,
  ListTargetsForPolicyCommand,
  type OrganizationsClient,
  type PolicyType,
} from '@aws-sdk/client-organizations';
import type { ControlPolicies, Snapshot } from '../../estate/snapshot.ts';
import type { Permissions } from '../permission.ts';
import type { Reading } from '../reading.ts';

export const permissions: Permissions = {
  actions: [
    'organizations:DescribeOrganization',
    'organizations:DescribePolicy',
    'organizations:ListAccounts',
    'organizations:ListAccountsForParent',
    'organizations:ListOrganizationalUnitsForParent',
    'organizations:ListPolicies',
    'organizations:ListRoots',
    'organizations:ListTargetsForPolicy',
  ],
  for: 'organization',
};

type Organization = NonNullable<Snapshot['organization']>;

/** What Organizations tells: the accounts that can be read, and what of the organization a snapshot keeps. */
export interface OrganizationReading {
  /** Ids of the accounts that are in use. */
  readonly accounts: readonly string[];
  /** True when the list of accounts was read to its end. */
  readonly complete: boolean;
  readonly organization: Omit<Organization, 'complete'>;
}

const TYPES = { service: 'SERVICE_CONTROL_POLICY', resource: 'RESOURCE_CONTROL_POLICY' } as const;

/** States in which an account holds nothing that could be judged. */
const GONE: ReadonlySet<string> = new Set(['CLOSED', 'PENDING_ACTIVATION']);

/**
 * Reads the organization with the credentials of its management account or of a delegated administrator (Organizations
 * API reference): accounts, the tree above them, and the control policies with what they are attached to. Null when the
 * accounts cannot be listed; a later read that fails is a gap, and then the policies count as not read.
 */
export async function readOrganization(
  client: OrganizationsClient,
  reading: Reading,
): Promise<OrganizationReading | null> {
  const list = await reading.pages('organizations:ListAccounts', {}, async (NextToken) => {
    const { Accounts, NextToken: next } = await client.send(new ListAccountsCommand({ NextToken }));
    return { items: Accounts, next };
  });
  if (list === undefined) return null;
  const accounts: string[] = [];
  for (const { Id: account, State, Status } of list.items) {
    if (account === undefined) continue;
    // `Status` is retired, and older endpoints know nothing else (Organizations API reference, Account).
    const state = State ?? Status ?? 'unknown';
    if (state === 'ACTIVE') accounts.push(account);
    else if (!GONE.has(state))
      reading.gap('sts:AssumeRole', { account }, `the account is ${state.toLowerCase()}`);
  }
  const described = await reading.one('organizations:DescribeOrganization', {}, async () =>
    client.send(new DescribeOrganizationCommand({})),
  );
  const { Id: id, MasterAccountId: managementAccount } = described?.Organization ?? {};
  const controlPolicies = await readControlPolicies(client, reading);
  return {
    accounts: accounts.sort(),
    complete: list.complete,
    organization: {
      ...(id !== undefined && { id }),
      ...(managementAccount !== undefined && { managementAccount }),
      ...(controlPolicies !== null && { controlPolicies }),
    },
  };
}

async function readControlPolicies(
  client: OrganizationsClient,
  reading: Reading,
): Promise<ControlPolicies | null> {
  const roots = await reading.pages('organizations:ListRoots', {}, async (NextToken) => {
    const { Roots, NextToken: next } = await client.send(new ListRootsCommand({ NextToken }));
    return { items: Roots, next };
  });
  if (roots === undefined || !roots.complete) return null;
  const paths: Record<string, string> = {};
  const whole = await Promise.all(roots.items.map(({ Id = '' }) => walk(client, reading, [Id], paths)));
  if (whole.includes(false)) return null;
  const enabled = new Set(
    roots.items.flatMap(({ PolicyTypes = [] }) =>
      PolicyTypes.flatMap(({ Type, Status }) => (Status === 'ENABLED' && Type !== undefined ? [Type] : [])),
    ),
  );
  const [service, resource] = await Promise.all([
    policiesOf(client, reading, TYPES.service, enabled),
    policiesOf(client, reading, TYPES.resource, enabled),
  ]);
  return { ...(service !== null && { service }), ...(resource !== null && { resource }), paths };
}

/** Notes the path of each account below a root or unit; false when a part of the tree was not read. */
async function walk(
  client: OrganizationsClient,
  reading: Reading,
  path: readonly string[],
  paths: Record<string, string>,
): Promise<boolean> {
  const ParentId = path.at(-1);
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
  for (const { Id } of accounts?.items ?? []) if (Id !== undefined) paths[Id] = path.join('/');
  const below = await Promise.all(
    (units?.items ?? []).map(({ Id = '' }) => walk(client, reading, [...path, Id], paths)),
  );
  return accounts?.complete === true && units?.complete === true && !below.includes(false);
}

/** Every policy of a type with its document and targets; null when one is missing, since it may be the one that denies. */
async function policiesOf(
  client: OrganizationsClient,
  reading: Reading,
  Filter: PolicyType,
  enabled: ReadonlySet<PolicyType>,
): Promise<ControlPolicies['service'] | null> {
  if (!enabled.has(Filter)) return { enabled: false, policies: [] };
  const list = await reading.pages('organizations:ListPolicies', { subject: Filter }, async (NextToken) => {
    const { Policies, NextToken: next } = await client.send(new ListPoliciesCommand({ Filter, NextToken }));
    return { items: Policies, next };
  });
  if (list === undefined || !list.complete) return null;
  const policies = await Promise.all(
    list.items.map(async ({ Id: id = '', Name: name = '' }) => {
      const place = { subject: id };
      const targets = await reading.pages('organizations:ListTargetsForPolicy', place, async (NextToken) => {
        const answer = await client.send(new ListTargetsForPolicyCommand({ PolicyId: id, NextToken }));
        return { items: answer.Targets, next: answer.NextToken };
      });
      if (targets?.complete !== true) return null;
      // What is attached to nothing says nothing.
      if (targets.items.length === 0) return undefined;
      const document = await reading.one('organizations:DescribePolicy', place, async () => {
        const { Policy } = await client.send(new DescribePolicyCommand({ PolicyId: id }));
        if (Policy?.Content === undefined) throw new Error('malformed answer: a policy without content');
        return Policy.Content;
      });
      if (document === undefined) return null;
      return { id, name, document, targets: targets.items.flatMap(({ TargetId }) => TargetId ?? []).sort() };
    }),
  );
  const known = policies.filter((policy) => policy !== undefined);
  return known.some((policy) => policy === null)
    ? null
    : { enabled: true, policies: known.filter((policy) => policy !== null) };
}
