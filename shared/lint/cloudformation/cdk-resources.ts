import { at, type Located, type Member, memberOf } from '../located.ts';
import type { Resource } from './template.ts';

/**
 * A custom resource of the CDK's aws-eks module as the resource that its handler makes (aws-cdk-lib, aws-eks/lib:
 * `cluster-resource.ts`, `oidc-provider.ts`); others as they are.
 */
export function asNative(resource: Resource): Resource {
  const { properties } = resource;
  switch (resource.type) {
    case 'Custom::AWSCDKOpenIdConnectProvider':
      return {
        ...resource,
        type: 'AWS::IAM::OIDCProvider',
        properties: renamed(properties, { Url: 'Url', ClientIDList: 'ClientIdList' }),
      };
    case 'Custom::AWSCDK-EKS-Cluster': {
      const config = memberOf(properties, 'Config');
      const access = renamed(at(config, 'accessConfig'), {
        authenticationMode: 'AuthenticationMode',
        bootstrapClusterCreatorAdminPermissions: 'BootstrapClusterCreatorAdminPermissions',
      });
      const named = renamed(config, { name: 'Name' });
      const members = [
        ...named.members,
        ...(access.members.length === 0 ? [] : [member('AccessConfig', access)]),
      ];
      return { ...resource, type: 'AWS::EKS::Cluster', properties: { ...named, members } };
    }
    default:
      return resource;
  }
}

function renamed(node: Located | undefined, names: Readonly<Record<string, string>>) {
  const members = Object.entries(names).flatMap(([from, to]): Member[] => {
    const value = memberOf(node, from);
    return value === undefined ? [] : [member(to, value)];
  });
  return { kind: 'map' as const, at: node?.at ?? 0, members };
}

const member = (key: string, value: Located): Member => ({ key, keyAt: value.at, value });
