import { stringify } from 'yaml';
import type { Change } from '../../changes/change.ts';
import type { Snippet } from '../../changes/plan.ts';

/** A change as a resource of a CloudFormation template; nothing for what CloudFormation has no resource for. */
export function cloudformationFor(change: Change): Snippet[] {
  const resource = resourceOf(change);
  if (resource === null) return [];
  const target =
    'arn' in change.target ? change.target.arn : `${change.target.cluster} (${change.target.region})`;
  const text =
    change.after === null
      ? `# Take the resource of ${JSON.stringify(target)} (${change.kind}) out of the template.\n`
      : stringify({ Resources: resource }, { lineWidth: 0 });
  return [{ form: 'cloudformation', title: 'CloudFormation', target, text }];
}

function resourceOf(change: Change): Readonly<Record<string, unknown>> | null {
  switch (change.kind) {
    case 'trust-policy':
      return {
        [idOf(change.target.arn)]: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: change.after === null ? null : JSON.parse(change.after) },
        },
      };
    case 'oidc-provider':
      return {
        OidcProvider: {
          Type: 'AWS::IAM::OIDCProvider',
          Properties: { Url: change.after?.url, ClientIdList: change.after?.clientIds },
        },
      };
    case 'pod-identity-association':
      return {
        [idOf(`${change.target.namespace}-${change.target.serviceAccount}`)]: {
          Type: 'AWS::EKS::PodIdentityAssociation',
          Properties: {
            ClusterName: change.target.cluster,
            Namespace: change.target.namespace,
            ServiceAccount: change.target.serviceAccount,
            RoleArn: change.after?.roleArn,
            TargetRoleArn: change.after?.targetRoleArn,
            DisableSessionTags: change.after?.disableSessionTags,
            Policy: change.after?.policy,
          },
        },
      };
    case 'addon':
      return {
        [idOf(change.target.addon)]: {
          Type: 'AWS::EKS::Addon',
          Properties: { ClusterName: change.target.cluster, AddonName: change.target.addon },
        },
      };
    case 'access-entry':
      return {
        [idOf(change.target.principal)]: {
          Type: 'AWS::EKS::AccessEntry',
          Properties: {
            ClusterName: change.target.cluster,
            PrincipalArn: change.target.principal,
            Type: change.after?.type,
            Username: change.after?.username,
            KubernetesGroups: change.after?.type === 'STANDARD' ? change.after.groups : undefined,
          },
        },
      };
    case 'access-policy':
    case 'aws-auth':
    case 'authentication-mode':
    case 'service-account-annotation':
      return null;
  }
}

/** Logical ids are alphanumeric (CloudFormation user guide, Resources). */
function idOf(name: string): string {
  const id = name.slice(name.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9]/g, '');
  return id === '' ? 'Resource' : id;
}
