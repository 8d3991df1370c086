import { type Located, memberOf, textAt, textOf, textsOf } from '../located.ts';
import { generatedName } from '../unresolved.ts';
import { resolve } from './resolve.ts';
import type { Resource, Template } from './template.ts';

/** What `Ref` or `Fn::GetAtt` answers; undefined for `AWS::NoValue`. */
export function referenceTo(
  id: string,
  attribute: string | undefined,
  at: number,
  template: Template,
): Located | undefined {
  if (id.startsWith('AWS::')) return pseudoParameter(id, at, template);
  const resource = template.resources.get(id);
  const known = resource === undefined ? undefined : ofResource(resource, attribute, template);
  if (known !== undefined) return textAt(known, at);
  const name = attribute === undefined ? id : `${id}.${attribute}`;
  return textAt(template.values.value(name, at, parameterValues(id, template)), at);
}

/** CloudFormation template reference, "Pseudo parameters". */
function pseudoParameter(id: string, at: number, { values }: Template): Located | undefined {
  switch (id) {
    case 'AWS::NoValue':
      return undefined;
    case 'AWS::AccountId':
      return textAt(values.askPlace().account, at);
    case 'AWS::Region':
      return textAt(values.askPlace().region, at);
    case 'AWS::Partition':
      return textAt(values.askPlace().partition, at);
    case 'AWS::URLSuffix':
      return textAt(values.askPlace().partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com', at);
    default:
      return textAt(values.value(id, at), at);
  }
}

/** What a parameter says that it may be. It may be something else, unless all values are listed. */
function parameterValues(id: string, { parameters }: Template): string[] {
  const parameter = memberOf(parameters, id);
  return [...textsOf(memberOf(parameter, 'Default')), ...textsOf(memberOf(parameter, 'AllowedValues'))];
}

function ofResource(
  resource: Resource,
  attribute: string | undefined,
  template: Template,
): string | undefined {
  switch (`${resource.type} ${attribute ?? ''}`) {
    case 'AWS::IAM::Role ':
      return roleNameOf(resource, template);
    case 'AWS::IAM::Role Arn': {
      const { partition, account } = template.values.askPlace();
      return `arn:${partition}:iam::${account}:role${rolePathOf(resource, template)}${roleNameOf(resource, template)}`;
    }
    case 'AWS::IAM::OIDCProvider ':
    case 'AWS::IAM::OIDCProvider Arn': {
      const { partition, account } = template.values.askPlace();
      const issuer = issuerOf(resource, template);
      return issuer === undefined ? undefined : `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;
    }
    case 'AWS::EKS::Cluster ':
      return clusterNameOf(resource, template);
    case 'AWS::EKS::Cluster Arn': {
      const { partition, region, account } = template.values.askPlace();
      return `arn:${partition}:eks:${region}:${account}:cluster/${clusterNameOf(resource, template)}`;
    }
    case 'AWS::EKS::Cluster OpenIdConnectIssuerUrl':
      return `https://${template.values.issuer(`${resource.id}.OpenIdConnectIssuer`)}`;
    case 'AWS::EKS::Cluster OpenIdConnectIssuer':
      return template.values.issuer(`${resource.id}.OpenIdConnectIssuer`);
    default:
      return undefined;
  }
}

/** A property as a text, its functions worked out. */
export function property(resource: Resource, name: string, template: Template): string | undefined {
  const key = `${resource.id}.${name}`;
  if (template.open.has(key)) return undefined;
  template.open.add(key);
  const value = textOf(resolve(memberOf(resource.properties, name), template));
  template.open.delete(key);
  return value;
}

/** The role's name; CloudFormation makes one where the template gives none. */
export function roleNameOf(resource: Resource, template: Template): string {
  return property(resource, 'RoleName', template) ?? generatedName(resource.id);
}

/** The role's path, with slashes around it. */
export function rolePathOf(resource: Resource, template: Template): string {
  return property(resource, 'Path', template) ?? '/';
}

/** The cluster's name; CloudFormation makes one where the template gives none. */
export function clusterNameOf(resource: Resource, template: Template): string {
  return property(resource, 'Name', template) ?? generatedName(resource.id);
}

/** The issuer of a provider, without https://; undefined where the template does not tell it. */
export function issuerOf(resource: Resource, template: Template): string | undefined {
  const url = property(resource, 'Url', template);
  if (url === undefined) return undefined;
  return url.replace(/^https:\/\//, '');
}
