import { booleanOf, at as inside, itemsOf, type Located, memberOf, textOf, textsOf } from '../located.ts';
import { policyText, valueIn } from '../policy-text.ts';
import { readKubernetes } from '../read-kubernetes.ts';
import {
  bareCluster,
  NOTHING,
  NOWHERE,
  type Shown,
  type ShownCluster,
  together,
  type Whereabouts,
} from '../shown.ts';
import { shownAddon } from '../shown-addon.ts';
import { holdsFresh, type Values } from '../unresolved.ts';
import { permissionsOf } from './permissions.ts';
import { clusterNameOf, issuerOf, property, referenceTo, roleNameOf, rolePathOf } from './reference.ts';
import { resolve } from './resolve.ts';
import { type Resource, type Template, templateOf } from './template.ts';

/** What a CloudFormation template shows; templates that the CDK writes are such. */
export function readCloudFormation(document: Located, values: Values): Shown {
  const template = templateOf(document, values);
  const all = [...template.resources.values()];
  const places = [...new Set(all.map(({ at }) => at))].sort((a, b) => a - b);
  const next = new Map(places.map((at, index) => [at, places[index + 1] ?? Number.POSITIVE_INFINITY]));
  const shown = all.map((resource) => {
    const { condition, at } = resource;
    if (condition === null || values.holds(condition, at)) return shownBy(resource, template);
    return { ...NOTHING, absent: [{ from: at, to: next.get(at) ?? at }] };
  });
  return together([macros(document), ...shown]);
}

function shownBy(resource: Resource, template: Template): Shown {
  switch (resource.type) {
    case 'AWS::IAM::Role':
      return role(resource, template);
    case 'AWS::IAM::OIDCProvider':
      return provider(resource, template);
    case 'AWS::EKS::Cluster':
      return one(cluster(resource, template));
    case 'AWS::EKS::PodIdentityAssociation':
      return association(resource, template);
    case 'AWS::EKS::AccessEntry':
      return accessEntry(resource, template);
    case 'AWS::EKS::Addon':
      return addon(resource, template);
    case 'Custom::AWSCDK-EKS-KubernetesResource':
      return manifests(resource, template);
    default:
      return resource.id.startsWith('Fn::') || STACKS.test(resource.type)
        ? left(resource, 'the template does not tell the resources that it stands for')
        : NOTHING;
  }
}

/** Types that stand for the resources of another template. */
const STACKS =
  /::MODULE$|^AWS::(?:CloudFormation::Stack(?:Set)?|Serverless::Application|ServiceCatalog::CloudFormationProvisionedProduct)$/;

/** Macros may change, add and remove any resource; of those of AWS only Include puts in what stands elsewhere. */
function macros(document: Located): Shown {
  const node = memberOf(document, 'Transform');
  const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
  const names = items.map((item) => ({ at: item.at, name: textOf(item) ?? textOf(memberOf(item, 'Name')) }));
  return {
    ...NOTHING,
    left: names
      .filter(({ name }) => name === undefined || !name.startsWith('AWS::') || name === 'AWS::Include')
      .map(({ at, name = 'a macro' }) => ({
        at,
        text: `Transform: the template does not tell what ${name} makes of it`,
      })),
  };
}

/** A role whose account nobody told is where its provider is. */
function roleHome({ values }: Template): Whereabouts {
  const place = values.askPlace();
  return values.accountTold ? place : NOWHERE;
}

/** Of a cluster whose account nobody told its associations may tell it. */
const here = ({ values }: Template): Whereabouts =>
  values.accountTold ? values.askPlace() : { ...values.askPlace(), account: null };

const one = (only: ShownCluster): Shown => ({ ...NOTHING, clusters: [only] });

function left({ id, at }: Resource, why: string): Shown {
  return { ...NOTHING, left: [{ at, text: `${id}: ${why}` }] };
}

function role(resource: Resource, template: Template): Shown {
  const document = resolve(memberOf(resource.properties, 'AssumeRolePolicyDocument'), template);
  const trust = document === undefined ? null : policyText(document);
  if (trust === null) return left(resource, 'the template does not tell its trust policy');
  return {
    ...NOTHING,
    roles: [
      {
        at: resource.at,
        name: roleNameOf(resource, template),
        path: rolePathOf(resource, template),
        where: roleHome(template),
        trust,
        facts: permissionsOf(resource, template),
      },
    ],
    left:
      trust.left === 'none'
        ? []
        : [
            {
              at: trust.root.at,
              text: `${resource.id}: the template does not tell whole statements of its trust policy`,
            },
          ],
  };
}

function provider(resource: Resource, template: Template): Shown {
  const issuer = issuerOf(resource, template);
  if (issuer === undefined) return left(resource, 'the template does not tell its Url');
  const clientIds = resolve(memberOf(resource.properties, 'ClientIdList'), template);
  const facts = clientIds?.kind === 'list' ? { clientIds: textsOf(clientIds) } : {};
  return { ...NOTHING, providers: [{ at: resource.at, where: here(template), issuer, facts }] };
}

function cluster(resource: Resource, template: Template): ShownCluster {
  const config = resolve(memberOf(resource.properties, 'AccessConfig'), template);
  const mode = textOf(memberOf(config, 'AuthenticationMode'));
  const creator = booleanOf(memberOf(config, 'BootstrapClusterCreatorAdminPermissions'));
  const issuer = textOf(referenceTo(resource.id, 'OpenIdConnectIssuerUrl', resource.at, template));
  return {
    ...bareCluster(resource.at, clusterNameOf(resource, template), here(template)),
    facts: {
      ...(issuer !== undefined && { issuer }),
      ...(isMode(mode) && { authenticationMode: mode }),
      ...(creator !== undefined && { creatorAdmin: creator }),
    },
  };
}

const isMode = (text: string | undefined): text is 'API' | 'API_AND_CONFIG_MAP' | 'CONFIG_MAP' =>
  text === 'API' || text === 'API_AND_CONFIG_MAP' || text === 'CONFIG_MAP';

function inCluster(resource: Resource, template: Template, parts: Partial<ShownCluster>): Shown {
  const name = property(resource, 'ClusterName', template) ?? null;
  return one({ ...bareCluster(resource.at, name, here(template)), ...parts });
}

function association(resource: Resource, template: Template): Shown {
  const text = (name: string) => property(resource, name, template);
  const [namespace, serviceAccount, roleArn] = [text('Namespace'), text('ServiceAccount'), text('RoleArn')];
  if (namespace === undefined || serviceAccount === undefined || roleArn === undefined)
    return left(resource, 'the template does not tell its namespace, ServiceAccount or role');
  const target = text('TargetRoleArn');
  const switched = resolve(memberOf(resource.properties, 'DisableSessionTags'), template);
  const tags = booleanOf(switched);
  if (switched !== undefined && tags === undefined)
    return left(resource, 'the template does not tell whether session tags are off');
  const value = {
    namespace,
    serviceAccount,
    roleArn,
    ...(target !== undefined && { targetRoleArn: target }),
    ...(tags !== undefined && { disableSessionTags: tags }),
  };
  return inCluster(resource, template, { associations: [{ at: resource.at, value }] });
}

function accessEntry(resource: Resource, template: Template): Shown {
  const principalArn = property(resource, 'PrincipalArn', template);
  if (principalArn === undefined) return left(resource, 'the template does not tell its principal');
  const type = property(resource, 'Type', template) ?? 'STANDARD';
  const username = property(resource, 'Username', template);
  const groups = resolve(memberOf(resource.properties, 'KubernetesGroups'), template);
  const policies = accessPolicies(resolve(memberOf(resource.properties, 'AccessPolicies'), template));
  const open = holdsFresh([type, username ?? '', ...textsOf(groups)].join(' '));
  if (open || (groups !== undefined && groups.kind !== 'list') || policies === null)
    return left(resource, 'the template does not tell its type, user name, groups or policies');
  const value = {
    principalArn,
    type,
    groups: textsOf(groups),
    ...(username !== undefined && { username }),
    policies,
  };
  return inCluster(resource, template, { entries: [{ at: resource.at, value }] });
}

/** The access policies of an entry; null where one of them is open in what it gives or where. */
function accessPolicies(node: Located | undefined) {
  if (node === undefined) return [];
  if (node.kind !== 'list') return null;
  const policies = node.items.map((item) => {
    const policyArn = textOf(memberOf(item, 'PolicyArn')) ?? '';
    const type = textOf(inside(item, 'AccessScope', 'Type')) ?? '';
    const namespaces = textsOf(inside(item, 'AccessScope', 'Namespaces'));
    const open = holdsFresh([policyArn, type, ...namespaces].join(' '));
    if (open || (type !== 'cluster' && type !== 'namespace')) return null;
    return {
      policyArn,
      scope: { type: type as 'cluster' | 'namespace', ...(namespaces.length > 0 && { namespaces }) },
    };
  });
  const known = policies.filter((policy) => policy !== null);
  return known.length < policies.length ? null : known;
}

/** Manifests that the CDK applies to its cluster: a list as text. */
function manifests(resource: Resource, template: Template): Shown {
  const text = resolve(memberOf(resource.properties, 'Manifest'), template);
  const list = text?.kind === 'text' ? valueIn(text) : null;
  if (list?.kind !== 'list') return left(resource, 'the template does not tell its manifests');
  const name = property(resource, 'ClusterName', template) ?? null;
  const shown = together(list.items.map((item) => readKubernetes(item, template.values)));
  return { ...shown, clusters: shown.clusters.map((one) => ({ ...one, name, where: here(template) })) };
}

function addon(resource: Resource, template: Template): Shown {
  const name = property(resource, 'AddonName', template);
  if (name === undefined) return left(resource, 'the template does not tell its name');
  const written = resolve(memberOf(resource.properties, 'PodIdentityAssociations'), template);
  const associations = itemsOf(written).flatMap((item) => {
    const [serviceAccount, roleArn] = [
      textOf(memberOf(item, 'ServiceAccount')),
      textOf(memberOf(item, 'RoleArn')),
    ];
    return serviceAccount === undefined ? [] : [{ at: item.at, serviceAccount, roleArn }];
  });
  const shown = {
    at: resource.at,
    name,
    serviceAccountRoleArn: property(resource, 'ServiceAccountRoleArn', template),
    associations: written === undefined || written.kind === 'list' ? associations : null,
  };
  return inCluster(resource, template, shownAddon(shown, template.values));
}
