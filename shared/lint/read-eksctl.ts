import type { AccessEntry, Association } from '../estate/snapshot.ts';
import { permissionsAt, roleOfEksctl } from './eksctl-roles.ts';
import { joined } from './joined.ts';
import {
  booleanOf,
  at as inside,
  itemsOf,
  type Located,
  memberOf,
  type Text,
  textAt,
  textOf,
  textsOf,
} from './located.ts';
import { authenticatorsOwn, withPlaceholders } from './placeholders.ts';
import { shownServiceAccount } from './read-kubernetes.ts';
import {
  bareCluster,
  NOTHING,
  NOWHERE,
  type Shown,
  type ShownAwsAuth,
  type ShownCluster,
  type ShownRole,
  type Whereabouts,
} from './shown.ts';
import { shownAddon } from './shown-addon.ts';
import type { Values } from './unresolved.ts';

/** What an eksctl ClusterConfig shows (eksctl.io, "Config file schema"). */
export function readEksctl(document: Located, values: Values): Shown {
  const part = (name: string) => {
    const node = memberOf(document, name);
    return node === undefined ? undefined : withPlaceholders(node, values, authenticatorsOwn);
  };
  const metadata = part('metadata');
  const where = { ...NOWHERE, region: textOf(memberOf(metadata, 'region')) ?? null };
  const access = part('accessConfig');
  const iam = part('iam');
  const addons = itemsOf(part('addons')).flatMap((node) => addon(node, where, values));
  const accounts = itemsOf(memberOf(iam, 'serviceAccounts'));
  const serviceAccounts = accounts.flatMap(serviceAccount);
  const associations = itemsOf(memberOf(iam, 'podIdentityAssociations'));
  const cluster: ShownCluster = {
    ...bareCluster(metadata?.at ?? document.at, textOf(memberOf(metadata, 'name')) ?? null, where),
    // A role of a ServiceAccount is meant, and so no association, which would win, to exist beside it.
    facts: { ...factsOf(access), ...(serviceAccounts.length > 0 && { podIdentityAssociations: [] }) },
    associations: [
      ...associations.flatMap(association),
      ...addons.flatMap(({ associations }) => associations),
    ],
    addons: addons.flatMap((one) => one.addons),
    entries: itemsOf(memberOf(access, 'accessEntries')).flatMap(entry),
    serviceAccounts,
    awsAuth: mappings(part('iamIdentityMappings')),
  };
  const roles = [
    ...accounts.flatMap((node) => roleOfServiceAccount(node, where)),
    ...associations.flatMap((node) => roleOfAssociation(node, where)),
    ...addons.flatMap((one) => one.roles),
  ];
  // What a role may do depends on what is its own account's.
  if (roles.length > 0) values.askPlace();
  const left = [
    ...recommended(part('addonsConfig'), 'addonsConfig', 'autoApplyPodIdentityAssociations'),
    ...addons.flatMap((one) => one.left),
  ];
  return { ...NOTHING, clusters: [cluster], roles, left };
}

function roleOfServiceAccount(node: Located, where: Whereabouts): ShownRole[] {
  const metadata = memberOf(node, 'metadata');
  const serviceAccount = textOf(memberOf(metadata, 'name'));
  if (serviceAccount === undefined || memberOf(node, 'attachRoleARN') !== undefined) return [];
  const namespace = textOf(memberOf(metadata, 'namespace')) ?? 'default';
  return [roleOfEksctl(node, { namespace, serviceAccount }, where)];
}

function roleOfAssociation(node: Located, where: Whereabouts): ShownRole[] {
  const serviceAccount = textOf(memberOf(node, 'serviceAccountName'));
  if (serviceAccount === undefined || memberOf(node, 'roleARN') !== undefined) return [];
  const namespace = textOf(memberOf(node, 'namespace'));
  return [roleOfEksctl(node, { namespace, serviceAccount }, where)];
}

/** Of an add-on without a role and without policies eksctl or EKS decides what it may do, if anything. */
function rolesOfAddon(node: Located, name: string, where: Whereabouts): ShownRole[] {
  const own = itemsOf(memberOf(node, 'podIdentityAssociations'));
  const given = memberOf(node, 'serviceAccountRoleARN') !== undefined || permissionsAt(node) === null;
  return [
    ...(given ? [] : [roleOfEksctl(node, { namespace: undefined, serviceAccount: name }, where)]),
    ...own.flatMap((item) => roleOfAssociation(item, where)),
  ];
}

/** Associations with the policies that EKS recommends for an add-on, where they are asked for. */
function recommended(node: Located | undefined, name: string, key: string): Shown['left'] {
  const asked = memberOf(node, key);
  if (asked === undefined || booleanOf(asked) === false) return [];
  return [{ at: asked.at, text: `${name}: the file does not tell the policies that ${key} asks for` }];
}

function factsOf(access: Located | undefined): ShownCluster['facts'] {
  const mode = textOf(memberOf(access, 'authenticationMode'));
  const creator = booleanOf(memberOf(access, 'bootstrapClusterCreatorAdminPermissions'));
  return {
    ...((mode === 'API' || mode === 'API_AND_CONFIG_MAP' || mode === 'CONFIG_MAP') && {
      authenticationMode: mode,
    }),
    ...(creator !== undefined && { creatorAdmin: creator }),
  };
}

function addon(node: Located, where: Whereabouts, values: Values) {
  const name = textOf(memberOf(node, 'name'));
  if (name === undefined) return [];
  const associations = itemsOf(memberOf(node, 'podIdentityAssociations')).flatMap((item) => {
    const text = (key: string) => textOf(memberOf(item, key));
    const serviceAccount = text('serviceAccountName');
    if (serviceAccount === undefined) return [];
    return [{ at: item.at, namespace: text('namespace'), serviceAccount, roleArn: text('roleARN') }];
  });
  const serviceAccountRoleArn = textOf(memberOf(node, 'serviceAccountRoleARN'));
  return [
    {
      ...shownAddon({ at: node.at, name, serviceAccountRoleArn, associations }, values),
      roles: rolesOfAddon(node, name, where),
      left: recommended(node, name, 'useDefaultPodIdentityAssociations'),
    },
  ];
}

/** eksctl makes the role where none is given, and its trust with it: only its permissions stand in the file. */
function association(node: Located): { at: number; value: Omit<Association, 'id'> }[] {
  const namespace = textOf(memberOf(node, 'namespace'));
  const serviceAccount = textOf(memberOf(node, 'serviceAccountName'));
  const roleArn = textOf(memberOf(node, 'roleARN'));
  const target = textOf(memberOf(node, 'targetRoleARN'));
  const tags = booleanOf(memberOf(node, 'disableSessionTags'));
  if (namespace === undefined || serviceAccount === undefined) return [];
  const value = {
    namespace,
    serviceAccount,
    ...(roleArn !== undefined && { roleArn }),
    ...(target !== undefined && { targetRoleArn: target }),
    ...(tags !== undefined && { disableSessionTags: tags }),
  };
  return [{ at: node.at, value }];
}

function entry(node: Located): { at: number; value: AccessEntry }[] {
  const principalArn = textOf(memberOf(node, 'principalARN'));
  if (principalArn === undefined) return [];
  const username = textOf(memberOf(node, 'kubernetesUsername'));
  const value: AccessEntry = {
    principalArn,
    type: textOf(memberOf(node, 'type')) ?? 'STANDARD',
    groups: textsOf(memberOf(node, 'kubernetesGroups')),
    ...(username !== undefined && { username }),
    policies: itemsOf(memberOf(node, 'accessPolicies')).flatMap((policy) => {
      const policyArn = textOf(memberOf(policy, 'policyARN'));
      const scope = memberOf(policy, 'accessScope');
      const namespaces = textsOf(memberOf(scope, 'namespaces'));
      const type = textOf(memberOf(scope, 'type')) === 'namespace' ? 'namespace' : 'cluster';
      return policyArn === undefined
        ? []
        : [{ policyArn, scope: { type, ...(namespaces.length > 0 && { namespaces }) } }];
    }),
  };
  return [{ at: node.at, value }];
}

/** With `attachRoleARN` eksctl annotates with that role; else with one that it makes. */
function serviceAccount(node: Located) {
  const metadata = memberOf(node, 'metadata');
  const name = textOf(memberOf(metadata, 'name'));
  if (name === undefined) return [];
  const role = inside(node, 'attachRoleARN');
  const own = memberOf(metadata, 'annotations');
  const annotations: Located = {
    kind: 'map',
    at: node.at,
    members: [
      ...(own?.kind === 'map' ? own.members : []),
      ...(role === undefined ? [] : [{ key: 'eks.amazonaws.com/role-arn', keyAt: role.at, value: role }]),
    ],
  };
  const namespace = textOf(memberOf(metadata, 'namespace')) ?? 'default';
  return [shownServiceAccount({ at: node.at, name, namespace, annotations })];
}

/** Rows that eksctl adds to aws-auth, beside what is there. */
function mappings(node: Located | undefined): ShownAwsAuth | null {
  const rows = itemsOf(node);
  if (node === undefined || rows.length === 0) return null;
  const sections = new Map<string, Text>();
  const roles = rows.filter((row) => /:role\//.test(arnOf(row)));
  const users = rows.filter((row) => arnOf(row) !== '' && !roles.includes(row));
  const accounts = rows.filter((row) => textOf(memberOf(row, 'account')) !== undefined);
  if (roles.length > 0)
    sections.set(
      'mapRoles',
      sectionOf(roles, (row) => mappingRow(row, 'rolearn')),
    );
  if (users.length > 0)
    sections.set(
      'mapUsers',
      sectionOf(users, (row) => mappingRow(row, 'userarn')),
    );
  if (accounts.length > 0)
    sections.set(
      'mapAccounts',
      sectionOf(accounts, (row) => textOf(memberOf(row, 'account')) ?? ''),
    );
  const data = Object.fromEntries([...sections].map(([key, { value }]) => [key, value]));
  return { at: node.at, whole: false, data, sections };
}

const arnOf = (row: Located): string => textOf(memberOf(row, 'arn')) ?? '';

function mappingRow(row: Located, key: 'rolearn' | 'userarn'): object {
  const username = textOf(memberOf(row, 'username'));
  const groups = textsOf(memberOf(row, 'groups'));
  return {
    [key]: arnOf(row),
    ...(username !== undefined && { username }),
    ...(groups.length > 0 && { groups }),
  };
}

/** A section of aws-auth with one row a line, each in the place of its mapping. */
function sectionOf(rows: readonly Located[], written: (row: Located) => object | string): Text {
  const lines = rows.map((row) => textAt(`- ${JSON.stringify(written(row))}\n`, row.at));
  return joined(lines, rows[0]?.at ?? 0);
}
