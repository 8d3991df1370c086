import type * as eks from '@aws-sdk/client-eks';
import type { AccessEntry, AccessScope } from '@aws-sdk/client-eks';
import { type Call, type Operations, read, type World, write } from '../operation.ts';
import type { ClusterState, EntryState } from '../state.ts';
import { accessPolicies } from './access-policies.ts';
import { inUse, invalidParameter, invalidRequest, notFound } from './errors.ts';
import { clusterOf, eksArn, eksPage } from './lookup.ts';

const PRINCIPAL = /^arn:([^:]+):iam::(\d{12}):(role|user|root)(?:\/(.*))?$/;
const RESERVED_USERNAME = /^(?:system:|eks:|aws:|amazon:|iam:)/;

/** The cluster, if its authentication mode knows access entries. */
function clusterWithEntries(call: Call, name: string | undefined): ClusterState {
  const state = clusterOf(call, name);
  if (state.cluster.accessConfig?.authenticationMode === 'CONFIG_MAP') {
    throw invalidRequest(
      "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    );
  }
  return state;
}

function entryOf(call: Call, name: string | undefined, principalArn: string | undefined): EntryState {
  const entry = clusterWithEntries(call, name).entries.get(principalArn ?? '');
  if (entry === undefined) {
    throw notFound(
      `The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.`,
    );
  }
  return entry;
}

function usernameFor(type: string, principalArn: string): string {
  if (type === 'FARGATE_LINUX' || type === 'HYBRID_LINUX') return 'system:node:{{SessionName}}';
  if (type !== 'STANDARD') return 'system:node:{{EC2PrivateDNSName}}';
  const match = PRINCIPAL.exec(principalArn);
  if (match?.[3] !== 'role') return principalArn;
  const name = (match[4] ?? '').replace(/^.*\//, '');
  return `arn:${match[1]}:sts::${match[2]}:assumed-role/${name}/{{SessionName}}`;
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  EC2_LINUX: ['system:nodes'],
  HYBRID_LINUX: ['system:nodes'],
  EC2_WINDOWS: ['eks:kube-proxy-windows', 'system:nodes'],
  FARGATE_LINUX: ['system:nodes', 'system:node-proxier'],
};

/** Writes an entry without asking whether it may be written: EKS makes some itself. */
export function putEntry(
  call: Call,
  state: ClusterState,
  input: Omit<AccessEntry, 'clusterName'>,
): EntryState {
  const principalArn = input.principalArn ?? '';
  const type = input.type ?? 'STANDARD';
  const [, , account, kind, name] = PRINCIPAL.exec(principalArn) ?? [];
  const tail = (name ?? '').replace(/^.*\//, '');
  const path = `access-entry/${state.cluster.name}/${kind}/${account}/${tail}/${call.world.ids.uuid()}`;
  const entry: AccessEntry = {
    clusterName: state.cluster.name,
    principalArn,
    kubernetesGroups: [...(GROUPS[type] ?? input.kubernetesGroups ?? [])],
    accessEntryArn: eksArn(call, path),
    createdAt: call.now,
    modifiedAt: call.now,
    tags: { ...input.tags },
    username: input.username ?? usernameFor(type, principalArn),
    type,
  };
  const principalId = principalIn(call.world, principalArn)?.id;
  const entryState: EntryState = { entry, policies: [], principalId };
  state.entries.set(principalArn, entryState);
  return entryState;
}

function principalIn(
  { accounts }: World,
  arn: string,
): { readonly id: string; readonly created: Date } | undefined {
  const [, , account = '', kind] = PRINCIPAL.exec(arn) ?? [];
  const { roles, users } = accounts.get(account)?.iam.live ?? {};
  const all = kind === 'role' ? roles : users;
  return [...(all?.values() ?? [])].find((one) => one.arn === arn);
}

/**
 * Whether an entry lets its principal in: one that was made anew after the entry has another id, and is not let in (EKS
 * API reference, AccessEntry: principalArn).
 */
export function letsIn(world: World, { entry, principalId }: EntryState): boolean {
  const principal = principalIn(world, entry.principalArn ?? '');
  if (principal === undefined) return false;
  if (principalId !== undefined) return principal.id === principalId;
  return (entry.createdAt ?? principal.created) >= principal.created;
}

/** The creator's entry, when the cluster was created with bootstrapClusterCreatorAdminPermissions. */
export function grantCreator(call: Call, state: ClusterState, principalArn: string): void {
  const { policies } = putEntry(call, state, { principalArn, type: 'STANDARD' });
  policies.push({
    policyArn: `arn:${call.account.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
    accessScope: { type: 'cluster', namespaces: [] },
    associatedAt: call.now,
    modifiedAt: call.now,
  });
}

function checkEntry(call: Call, input: eks.CreateAccessEntryCommandInput): void {
  const principalArn = input.principalArn ?? '';
  const match = PRINCIPAL.exec(principalArn);
  if (match === null) throw invalidParameter(`The principalArn parameter format is not valid`);
  if ((match[4] ?? '').startsWith('aws-service-role/')) {
    throw invalidParameter('The caller is not allowed to modify access entries with service-linked roles');
  }
  if (input.type !== undefined && input.type !== 'STANDARD') checkNodeEntry(call, input, match[3], match[2]);
  if (input.username !== undefined) checkUsername(input.username);
  if ((input.kubernetesGroups ?? []).some((group) => group.startsWith('system:'))) {
    throw invalidParameter('The kubernetes group name is invalid, it cannot start with system:');
  }
  const home = call.world.accounts.get(match[2] ?? '');
  const { roles, users } = home?.iam.visible() ?? {};
  const known =
    home === undefined ||
    match[3] === 'root' ||
    [...((match[3] === 'role' ? roles : users)?.values() ?? [])].some(({ arn }) => arn === principalArn);
  if (!known) throw invalidParameter(`The specified principalArn is invalid: invalid principal.`);
}

function checkNodeEntry(
  call: Call,
  input: eks.CreateAccessEntryCommandInput,
  kind: string | undefined,
  account: string | undefined,
): void {
  if (kind !== 'role' || account !== call.account.id) {
    throw invalidParameter(`Access entries of type ${input.type} need an IAM role of the cluster's account.`);
  }
  if ((input.kubernetesGroups ?? []).length > 0 || input.username !== undefined) {
    throw invalidParameter(`Access entries of type ${input.type} take neither groups nor a username.`);
  }
}

function checkUsername(username: string): void {
  if (RESERVED_USERNAME.test(username)) {
    throw invalidParameter(`The username ${username} begins with a reserved prefix.`);
  }
  const session = username.indexOf('{{SessionName');
  if (session >= 0 && !username.slice(0, session).includes(':')) {
    throw invalidParameter('The username must have a colon before {{SessionName}}.');
  }
}

function checkScope(scope: AccessScope | undefined): void {
  if (scope?.type === 'namespace' && (scope.namespaces ?? []).length === 0) {
    throw invalidParameter('Namespaces cannot be empty for the access scope type namespace');
  }
  if (scope?.type === 'cluster' && (scope.namespaces ?? []).length > 0) {
    throw invalidParameter('Namespaces cannot be given for the access scope type cluster');
  }
}

function associatePolicy(call: Call, input: eks.AssociateAccessPolicyCommandInput) {
  const { entry, policies } = entryOf(call, input.clusterName, input.principalArn);
  if (entry.type !== 'STANDARD') {
    throw invalidRequest('You cannot associate an access policy with an access entry of this type.');
  }
  if (!accessPolicies(call.account.partition).some(({ arn }) => arn === input.policyArn)) {
    throw invalidParameter('The policyArn parameter format is not valid');
  }
  checkScope(input.accessScope);
  const known = policies.find(({ policyArn }) => policyArn === input.policyArn);
  const scope = { type: input.accessScope?.type, namespaces: [...(input.accessScope?.namespaces ?? [])] };
  const policy = known ?? { policyArn: input.policyArn, associatedAt: call.now };
  Object.assign(policy, { accessScope: scope, modifiedAt: call.now });
  if (known === undefined) policies.push(policy);
  return {
    clusterName: input.clusterName,
    principalArn: input.principalArn,
    associatedAccessPolicy: { ...policy },
  };
}

/** Access entries and the policies on them. */
export const accessEntryOperations: Operations<typeof eks> = {
  CreateAccessEntry: write((call, input) => {
    const state = clusterWithEntries(call, input.clusterName);
    checkEntry(call, input);
    if (state.entries.has(input.principalArn ?? '')) {
      throw inUse('The specified access entry resource is already in use on this cluster.');
    }
    return { accessEntry: structuredClone(putEntry(call, state, input).entry) };
  }),
  DescribeAccessEntry: read((call, { clusterName, principalArn }) => ({
    accessEntry: structuredClone(entryOf(call, clusterName, principalArn).entry),
  })),
  ListAccessEntries: read((call, input) => {
    const entries = [...clusterWithEntries(call, input.clusterName).entries.values()];
    const wanted = entries.filter(
      ({ policies }) =>
        input.associatedPolicyArn === undefined ||
        policies.some(({ policyArn }) => policyArn === input.associatedPolicyArn),
    );
    const { items, nextToken } = eksPage(
      call,
      wanted.map(({ entry }) => entry.principalArn ?? '').sort(),
      input,
    );
    return { accessEntries: items, nextToken };
  }),
  UpdateAccessEntry: write((call, input) => {
    const { entry } = entryOf(call, input.clusterName, input.principalArn);
    if (entry.type !== 'STANDARD')
      throw invalidRequest(`An access entry of type ${entry.type} cannot be updated.`);
    if (input.username !== undefined) checkUsername(input.username);
    if (input.kubernetesGroups !== undefined) entry.kubernetesGroups = [...input.kubernetesGroups];
    if (input.username !== undefined) entry.username = input.username;
    entry.modifiedAt = call.now;
    return { accessEntry: structuredClone(entry) };
  }),
  DeleteAccessEntry: write((call, { clusterName, principalArn }) => {
    entryOf(call, clusterName, principalArn);
    clusterOf(call, clusterName).entries.delete(principalArn ?? '');
    return {};
  }),
  AssociateAccessPolicy: write(associatePolicy),
  DisassociateAccessPolicy: write((call, input) => {
    const { policies } = entryOf(call, input.clusterName, input.principalArn);
    const index = policies.findIndex(({ policyArn }) => policyArn === input.policyArn);
    if (index < 0) throw notFound('The specified associated access policy could not be found.');
    policies.splice(index, 1);
    return {};
  }),
  ListAssociatedAccessPolicies: read((call, input) => {
    const { policies } = entryOf(call, input.clusterName, input.principalArn);
    const { items, nextToken } = eksPage(call, policies, input);
    return {
      clusterName: input.clusterName,
      principalArn: input.principalArn,
      associatedAccessPolicies: structuredClone(items),
      nextToken,
    };
  }),
  ListAccessPolicies: read((call, input) => {
    const { items, nextToken } = eksPage(call, accessPolicies(call.account.partition), input);
    return { accessPolicies: items, nextToken };
  }),
};
