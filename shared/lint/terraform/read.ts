import { booleanOf, at as inside, itemsOf, type Located, memberOf, textOf, textsOf } from '../located.ts';
import { moved, policyText } from '../policy-text.ts';
import { awsAuthOf, readKubernetes, shownServiceAccount, unnamedCluster } from '../read-kubernetes.ts';
import { isProblem, readSource } from '../read-source.ts';
import {
  bareCluster,
  NOTHING,
  NOWHERE,
  type Shown,
  type ShownCluster,
  shownPermissions,
  together,
  type Whereabouts,
} from '../shown.ts';
import { shownAddon } from '../shown-addon.ts';
import { generatedName, type Values } from '../unresolved.ts';
import { type PlannedResource, plannedResources, referredTo } from './plan.ts';

interface Plan {
  readonly values: Values;
  readonly all: readonly PlannedResource[];
  /** Policies of roles, by the module and the role's name. */
  readonly policies: ReadonlyMap<string, readonly PlannedResource[]>;
}

/** What the plan of `terraform show -json` shows: the state that it leads to, as far as it is known before apply. */
export function readTerraformPlan(document: Located, values: Values): Shown {
  const all = plannedResources(document);
  const attached = all
    .filter(({ type }) => /^aws_iam_(role_policy(_attachment)?|policy_attachment)$/.test(type))
    .flatMap((one) => rolesOf(one, all).map((role) => ({ to: `${one.module} ${role}`, one })));
  const policies = new Map(
    [...Map.groupBy(attached, ({ to }) => to)].map(([to, list]) => [to, list.map(({ one }) => one)]),
  );
  const plan: Plan = { values, all, policies };
  return together(plan.all.map((resource) => shownBy(resource, plan)));
}

function shownBy(resource: PlannedResource, plan: Plan): Shown {
  switch (resource.type) {
    case 'aws_iam_role':
      return role(resource, plan);
    case 'aws_iam_openid_connect_provider':
      return provider(resource, plan);
    case 'aws_eks_cluster':
      return { ...NOTHING, clusters: [cluster(resource, plan)] };
    case 'aws_eks_pod_identity_association':
      return association(resource, plan);
    case 'aws_eks_access_entry':
      return accessEntry(resource, plan);
    case 'aws_eks_access_policy_association':
      return accessPolicy(resource, plan);
    case 'aws_eks_addon':
      return addon(resource, plan);
    case 'kubernetes_service_account':
    case 'kubernetes_service_account_v1':
      return serviceAccount(resource);
    case 'kubernetes_config_map':
    case 'kubernetes_config_map_v1':
    case 'kubernetes_config_map_v1_data':
      return configMap(resource);
    case 'kubernetes_manifest':
      return manifest(resource, plan);
    case 'kubectl_manifest':
      return textOfManifest(resource, plan);
    default:
      return NOTHING;
  }
}

/** An attribute; what is known after apply is what its one reference will be, else a value of its own. */
function attribute(resource: PlannedResource, name: string, plan: Plan): string | undefined {
  const node = memberOf(resource.values, name);
  if (node !== undefined) return textOf(node);
  const target = referredTo(resource, [name], plan.all);
  const known = target === null ? undefined : attributeOf(target.resource, target.attribute, plan);
  return known ?? plan.values.value(`${resource.address}.${name}`, resource.at);
}

/** The same for an attribute that need not be given. */
function optional(resource: PlannedResource, name: string, plan: Plan): string | undefined {
  const given = memberOf(resource.values, name) !== undefined || resource.references([name]).length > 0;
  return given ? attribute(resource, name, plan) : undefined;
}

/** What an attribute of a resource will be, where its kind and name tell. */
function attributeOf(resource: PlannedResource, name: string, plan: Plan): string | undefined {
  const written = textOf(memberOf(resource.values, name));
  if (written !== undefined) return written;
  switch (`${resource.type}.${name}`) {
    case 'aws_iam_role.arn': {
      const { partition, account } = plan.values.askPlace();
      return `arn:${partition}:iam::${account}:role${pathOf(resource)}${nameOf(resource)}`;
    }
    case 'aws_eks_cluster.name':
    case 'aws_eks_cluster.id':
      return nameOf(resource);
    default:
      return undefined;
  }
}

function nameOf(resource: PlannedResource): string {
  return textOf(memberOf(resource.values, 'name')) ?? generatedName(resource.address);
}

function pathOf(resource: PlannedResource): string {
  return textOf(memberOf(resource.values, 'path')) ?? '/';
}

function left({ address, at }: PlannedResource, why: string): Shown {
  return { ...NOTHING, left: [{ at, text: `${address}: ${why}` }] };
}

/** A role whose account nobody told is where its provider is; of a cluster its associations may tell it. */
function unplaced({ type }: PlannedResource, { values }: Plan): Whereabouts {
  const place = values.askPlace();
  if (type === 'aws_iam_role') return NOWHERE;
  return type === 'aws_iam_openid_connect_provider' ? place : { ...place, account: null };
}

/** Of what exists already the plan has the ARN, and with it the account. */
function whereOf(resource: PlannedResource, plan: Plan): Whereabouts {
  const parts = /^arn:([^:]*):[^:]*:([^:]*):(\d{12}):/.exec(textOf(memberOf(resource.values, 'arn')) ?? '');
  if (parts === null) return plan.values.accountTold ? plan.values.askPlace() : unplaced(resource, plan);
  const [, partition = '', region = '', account = ''] = parts;
  return { account, partition, region: region === '' ? plan.values.place.region : region };
}

function role(resource: PlannedResource, plan: Plan): Shown {
  const document = memberOf(resource.values, 'assume_role_policy');
  const trust = document === undefined ? null : policyText(document);
  if (trust === null) return left(resource, 'its trust policy is known after apply');
  return {
    ...NOTHING,
    roles: [
      {
        at: resource.at,
        name: nameOf(resource),
        path: pathOf(resource),
        where: whereOf(resource, plan),
        trust,
        facts: permissionsOf(resource, plan),
      },
    ],
  };
}

/** The policies that a plan gives a role, its own and those that resources attach to it. */
function permissionsOf(role: PlannedResource, plan: Plan): ReturnType<typeof shownPermissions> {
  const toIt = plan.policies.get(`${role.module} ${nameOf(role)}`) ?? [];
  const attached = toIt.flatMap(({ values }) => textOf(memberOf(values, 'policy_arn')) ?? []);
  const inline = toIt.flatMap(({ address, values }) => {
    const document = textOf(memberOf(values, 'policy'));
    return document === undefined ? [] : [{ name: address, document }];
  });
  const own = textsOf(memberOf(role.values, 'managed_policy_arns'));
  const blocks = itemsOf(memberOf(role.values, 'inline_policy')).flatMap((block) => {
    const document = textOf(memberOf(block, 'policy'));
    return document === undefined ? [] : [{ name: textOf(memberOf(block, 'name')) ?? 'inline', document }];
  });
  return shownPermissions([...new Set([...own, ...attached])], [...blocks, ...inline]);
}

/** The names of the roles that a policy is attached to. */
function rolesOf(attachment: PlannedResource, all: readonly PlannedResource[]): string[] {
  const several = memberOf(attachment.values, 'roles');
  if (several !== undefined) return textsOf(several);
  const written = textOf(memberOf(attachment.values, 'role'));
  if (written !== undefined) return [written];
  const target = referredTo(attachment, ['role'], all)?.resource;
  return target?.type === 'aws_iam_role' ? [nameOf(target)] : [];
}

function provider(resource: PlannedResource, plan: Plan): Shown {
  const url = textOf(memberOf(resource.values, 'url'));
  const issuer = url?.replace(/^https:\/\//, '') ?? plan.values.issuer(`${resource.address}.url`);
  const clientIds = memberOf(resource.values, 'client_id_list');
  const facts = clientIds?.kind === 'list' ? { clientIds: textsOf(clientIds) } : {};
  return { ...NOTHING, providers: [{ at: resource.at, where: whereOf(resource, plan), issuer, facts }] };
}

function cluster(resource: PlannedResource, plan: Plan): ShownCluster {
  const config = inside(resource.values, 'access_config', 0);
  const mode = textOf(memberOf(config, 'authentication_mode'));
  const creator = booleanOf(memberOf(config, 'bootstrap_cluster_creator_admin_permissions'));
  const issuer = textOf(inside(resource.values, 'identity', 0, 'oidc', 0, 'issuer'));
  return {
    ...bareCluster(resource.at, nameOf(resource), whereOf(resource, plan)),
    facts: {
      ...(issuer !== undefined && { issuer }),
      ...((mode === 'API' || mode === 'API_AND_CONFIG_MAP' || mode === 'CONFIG_MAP') && {
        authenticationMode: mode,
      }),
      ...(creator !== undefined && { creatorAdmin: creator }),
    },
  };
}

function inCluster(resource: PlannedResource, plan: Plan, parts: Partial<ShownCluster>): Shown {
  const name = attribute(resource, 'cluster_name', plan) ?? null;
  const declared = plan.all.find((one) => one.type === 'aws_eks_cluster' && nameOf(one) === name);
  const where = declared === undefined ? whereOf(resource, plan) : whereOf(declared, plan);
  return { ...NOTHING, clusters: [{ ...bareCluster(resource.at, name, where), ...parts }] };
}

function association(resource: PlannedResource, plan: Plan): Shown {
  const text = (name: string) => attribute(resource, name, plan);
  const [namespace, serviceAccount, roleArn] = [text('namespace'), text('service_account'), text('role_arn')];
  if (namespace === undefined || serviceAccount === undefined || roleArn === undefined)
    return left(resource, 'the plan does not tell its namespace, ServiceAccount or role');
  const target = optional(resource, 'target_role_arn', plan);
  const tags = booleanOf(memberOf(resource.values, 'disable_session_tags'));
  const value = {
    namespace,
    serviceAccount,
    roleArn,
    ...(target !== undefined && { targetRoleArn: target }),
    ...(tags !== undefined && { disableSessionTags: tags }),
  };
  return inCluster(resource, plan, { associations: [{ at: resource.at, value }] });
}

function accessEntry(resource: PlannedResource, plan: Plan): Shown {
  const principalArn = attribute(resource, 'principal_arn', plan);
  if (principalArn === undefined) return left(resource, 'the plan does not tell its principal');
  const written = memberOf(resource.values, 'type');
  // Of an entry that does not give its type EKS makes a STANDARD one; one that is known after apply is not told.
  const type = written?.kind === 'text' ? written.value : written === undefined ? undefined : 'STANDARD';
  const username = textOf(memberOf(resource.values, 'user_name'));
  const value = {
    principalArn,
    ...(type !== undefined && { type }),
    ...(memberOf(resource.values, 'kubernetes_groups')?.kind === 'list' && {
      groups: textsOf(memberOf(resource.values, 'kubernetes_groups')),
    }),
    ...(username !== undefined && { username }),
  };
  return inCluster(resource, plan, { entries: [{ at: resource.at, value }] });
}

function accessPolicy(resource: PlannedResource, plan: Plan): Shown {
  const [principalArn, policyArn] = [
    attribute(resource, 'principal_arn', plan),
    attribute(resource, 'policy_arn', plan),
  ];
  const scope = inside(resource.values, 'access_scope', 0);
  if (principalArn === undefined || policyArn === undefined || scope === undefined)
    return left(resource, 'the plan does not tell its principal, policy or scope');
  const type =
    textOf(memberOf(scope, 'type')) === 'namespace' ? ('namespace' as const) : ('cluster' as const);
  const namespaces = textsOf(memberOf(scope, 'namespaces'));
  const policy = { policyArn, scope: { type, ...(namespaces.length > 0 && { namespaces }) } };
  return inCluster(resource, plan, {
    entries: [{ at: resource.at, value: { principalArn, policies: [policy] } }],
  });
}

function addon(resource: PlannedResource, plan: Plan): Shown {
  const name = attribute(resource, 'addon_name', plan);
  if (name === undefined) return NOTHING;
  const blocks = itemsOf(memberOf(resource.values, 'pod_identity_association'));
  const associations = blocks.flatMap((block, index) => {
    const serviceAccount = textOf(memberOf(block, 'service_account'));
    if (serviceAccount === undefined) return [];
    const path = ['pod_identity_association', 0, 'role_arn'] as const;
    // A set has no order: of several blocks nobody knows which is which in the configuration.
    const target = blocks.length === 1 ? referredTo(resource, path, plan.all) : null;
    const known = target === null ? undefined : attributeOf(target.resource, target.attribute, plan);
    const open = () =>
      plan.values.value(`${resource.address}.pod_identity_association[${index}].role_arn`, block.at);
    const roleArn = textOf(memberOf(block, 'role_arn')) ?? known ?? open();
    return [{ at: block.at, serviceAccount, roleArn }];
  });
  const serviceAccountRoleArn = optional(resource, 'service_account_role_arn', plan);
  const shown = { at: resource.at, name, serviceAccountRoleArn, associations };
  return inCluster(resource, plan, shownAddon(shown, plan.values));
}

function serviceAccount(resource: PlannedResource): Shown {
  const metadata = inside(resource.values, 'metadata', 0);
  const name = textOf(memberOf(metadata, 'name'));
  const namespace = textOf(memberOf(metadata, 'namespace'));
  if (name === undefined || namespace === undefined)
    return left(resource, 'the plan does not tell its name or namespace');
  const annotations = memberOf(metadata, 'annotations');
  if (annotations === undefined) return left(resource, 'its annotations are known after apply');
  const shown = shownServiceAccount({ at: resource.at, name, namespace, annotations });
  return unnamedCluster(resource.at, { serviceAccounts: [shown] });
}

function configMap(resource: PlannedResource): Shown {
  const metadata = inside(resource.values, 'metadata', 0);
  if (textOf(memberOf(metadata, 'name')) !== 'aws-auth') return NOTHING;
  if (textOf(memberOf(metadata, 'namespace')) !== 'kube-system') return NOTHING;
  const data = memberOf(resource.values, 'data');
  if (data === undefined) return left(resource, 'its data is known after apply');
  return unnamedCluster(resource.at, { awsAuth: awsAuthOf(data, resource.at) });
}

/** The provider "kubectl" takes manifests as they are written. */
function textOfManifest(resource: PlannedResource, plan: Plan): Shown {
  const body = memberOf(resource.values, 'yaml_body');
  const documents = body?.kind === 'text' ? readSource(body.value) : null;
  if (body?.kind !== 'text' || documents === null || isProblem(documents))
    return left(resource, 'the plan does not tell its manifest');
  return together(documents.map((one) => readKubernetes(moved(one, body.place), plan.values)));
}

function manifest(resource: PlannedResource, plan: Plan): Shown {
  const node = memberOf(resource.values, 'manifest');
  return node === undefined ? NOTHING : readKubernetes(node, plan.values);
}
