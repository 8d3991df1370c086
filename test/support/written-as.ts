import type { Account, Cluster } from '../../shared/estate/snapshot.ts';

/** Accounts and clusters of a snapshot, written as the files that would make them. */

/** Roles whose trust policy is JSON: no template could hold the others. */
function writable(account: Account) {
  return (account.roles ?? []).flatMap((role) => {
    try {
      const trust: unknown = JSON.parse(role.trustPolicy);
      const [, path = '/', name = ''] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(role.arn) ?? [];
      return /^\/aws-service-role\//.test(path) ? [] : [{ role, trust, path, name }];
    } catch {
      return [];
    }
  });
}

/** A CloudFormation template of an account's roles, associations and access entries in one region. */
export function asTemplate(account: Account, region: string): object {
  const clusters = (account.regions ?? [])
    .filter(({ name }) => name === region)
    .flatMap((one) => one.clusters ?? []);
  const resources = [
    ...writable(account).map(({ trust, path, name }) => ({
      Type: 'AWS::IAM::Role',
      Properties: { RoleName: name, Path: path, AssumeRolePolicyDocument: trust },
    })),
    ...clusters.flatMap((cluster) => [
      ...(cluster.podIdentityAssociations ?? []).map((one) => ({
        Type: 'AWS::EKS::PodIdentityAssociation',
        Properties: {
          ClusterName: cluster.name,
          Namespace: one.namespace,
          ServiceAccount: one.serviceAccount,
          RoleArn: one.roleArn,
          ...(one.targetRoleArn !== undefined && { TargetRoleArn: one.targetRoleArn }),
          ...(one.disableSessionTags !== undefined && { DisableSessionTags: one.disableSessionTags }),
        },
      })),
      ...(cluster.accessEntries ?? [])
        .filter(({ type }) => type !== undefined)
        .map((one) => ({
          Type: 'AWS::EKS::AccessEntry',
          Properties: {
            ClusterName: cluster.name,
            PrincipalArn: one.principalArn,
            Type: one.type,
            ...(one.username !== undefined && { Username: one.username }),
            KubernetesGroups: one.groups ?? [],
            AccessPolicies: (one.policies ?? []).map(({ policyArn, scope }) => ({
              PolicyArn: policyArn,
              AccessScope: { Type: scope.type, Namespaces: scope.namespaces ?? [] },
            })),
          },
        })),
    ]),
  ];
  return { Resources: Object.fromEntries(resources.map((one, index) => [`R${index}`, one])) };
}

/** A Terraform plan of the same. */
export function asPlan(account: Account, region: string): object {
  const clusters = (account.regions ?? [])
    .filter(({ name }) => name === region)
    .flatMap((one) => one.clusters ?? []);
  const all = [
    ...writable(account).map(({ role, path, name }) => ({
      type: 'aws_iam_role',
      values: { arn: role.arn, name, path, assume_role_policy: role.trustPolicy },
    })),
    ...clusters.flatMap((cluster) => [
      ...(cluster.podIdentityAssociations ?? []).map((one) => ({
        type: 'aws_eks_pod_identity_association',
        values: {
          cluster_name: cluster.name,
          namespace: one.namespace,
          service_account: one.serviceAccount,
          role_arn: one.roleArn,
          target_role_arn: one.targetRoleArn ?? null,
          disable_session_tags: one.disableSessionTags ?? null,
        },
      })),
      ...(cluster.accessEntries ?? [])
        .filter(({ type }) => type !== undefined)
        .map((one) => ({
          type: 'aws_eks_access_entry',
          values: {
            cluster_name: cluster.name,
            principal_arn: one.principalArn,
            type: one.type,
            user_name: one.username ?? null,
            kubernetes_groups: one.groups ?? [],
          },
        })),
    ]),
  ];
  const resources = all.map(({ type, values }, index) => ({
    address: `${type}.r${index}`,
    mode: 'managed',
    type,
    name: `r${index}`,
    values,
  }));
  return {
    format_version: '1.2',
    planned_values: { root_module: { resources } },
    configuration: { root_module: {} },
  };
}

/** The manifests of a cluster: its ServiceAccounts and aws-auth. */
export function asManifests({ kubernetes }: Cluster): object[] {
  return [
    ...(kubernetes?.serviceAccounts ?? []).map(({ namespace, name, annotations }) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace, name, ...(annotations !== undefined && { annotations }) },
    })),
    ...(kubernetes?.awsAuth
      ? [
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { namespace: 'kube-system', name: 'aws-auth' },
            data: kubernetes.awsAuth.data,
          },
        ]
      : []),
  ];
}
