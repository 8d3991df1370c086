import { booleanOf, itemsOf, type Located, memberOf, textOf, textsOf } from '../located.ts';
import { policyText } from '../policy-text.ts';
import { bareCluster, NOTHING, type Shown, type ShownCluster, together, type Whereabouts } from '../shown.ts';
import type { Values } from '../unresolved.ts';
import { permissionsOf } from './permissions.ts';
import { clusterNameOf, issuerOf, property, referenceTo, roleNameOf, rolePathOf } from './reference.ts';
import { resolve } from './resolve.ts';
import { type Resource, type Template, templateOf } from './template.ts';

/** What a CloudFormation template shows; templates that the CDK writes are such. */
export function readCloudFormation(document: Located, values: Values): Shown {
  const template = templateOf(document, values);
  const made = [...template.resources.values()].filter(
    ({ condition, at }) => condition === null || values.holds(condition, at),
  );
  return together(made.map((resource) => shownBy(resource, template)));
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
    default:
      return NOTHING;
  }
}

const here = ({ values }: Template): Whereabouts => values.askPlace();

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
        where: here(template),
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
  const tags = booleanOf(resolve(memberOf(resource.properties, 'DisableSessionTags'), template));
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
  const policies = resolve(memberOf(resource.properties, 'AccessPolicies'), template);
  const username = property(resource, 'Username', template);
  const value = {
    principalArn,
    type: property(resource, 'Type', template) ?? 'STANDARD',
    groups: textsOf(resolve(memberOf(resource.properties, 'KubernetesGroups'), template)),
    ...(username !== undefined && { username }),
    policies: itemsOf(policies).flatMap(accessPolicy),
  };
  return inCluster(resource, template, { entries: [{ at: resource.at, value }] });
}

function accessPolicy(node: Located) {
  const policyArn = textOf(memberOf(node, 'PolicyArn'));
  const scope = memberOf(node, 'AccessScope');
  if (policyArn === undefined) return [];
  const type =
    textOf(memberOf(scope, 'Type')) === 'namespace' ? ('namespace' as const) : ('cluster' as const);
  const namespaces = textsOf(memberOf(scope, 'Namespaces'));
  return [{ policyArn, scope: { type, ...(namespaces.length > 0 && { namespaces }) } }];
}

function addon(resource: Resource, template: Template): Shown {
  const name = property(resource, 'AddonName', template);
  const roleArn = property(resource, 'ServiceAccountRoleArn', template);
  if (name === undefined) return left(resource, 'the template does not tell its name');
  const value = { name, ...(roleArn !== undefined && { serviceAccountRoleArn: roleArn }) };
  return inCluster(resource, template, { addons: [{ at: resource.at, value }] });
}
