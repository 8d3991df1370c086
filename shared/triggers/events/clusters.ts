import { clusterNameIn } from '../cluster-name.ts';
import { type Fields, field, fields, inner, objects, text } from '../fields.ts';
import { issuerOfUrl } from '../issuers.ts';
import { isRegion, roleArnIn } from '../names.ts';
import { changeReaders } from './reader.ts';

/** EKS's writes of a cluster and of what belongs to it, apart from associations and access entries. */
export const clusterReaders = changeReaders(
  'eks.amazonaws.com',
  [
    'CreateCluster',
    'DeleteCluster',
    'UpdateClusterConfig',
    'UpdateClusterVersion',
    'CancelUpdate',
    'CreateAddon',
    'UpdateAddon',
    'DeleteAddon',
    'AssociateIdentityProviderConfig',
    'DisassociateIdentityProviderConfig',
    'CreateNodegroup',
    'DeleteNodegroup',
    'CreateFargateProfile',
    'DeleteFargateProfile',
    'CreateCapability',
    'UpdateCapability',
    'DeleteCapability',
    'CreateCertificateAuthority',
    'ActivateCertificateAuthority',
    'DeleteCertificateAuthority',
    'TagResource',
    'UntagResource',
  ],
  (frame, record, name) => {
    const clusterName = clusterNameIn(record);
    const { region } = frame.event;
    if (clusterName === undefined || !isRegion(region)) return null;
    const parameters = fields(record['requestParameters']);
    const issuer = issuerIn(fields(record['responseElements']));
    const addon = text(parameters, 'addonName', 128);
    return {
      ...frame,
      kind: 'cluster',
      change: changeOf(name),
      region,
      clusterName,
      ...(issuer !== undefined && { issuer }),
      ...(addon !== undefined && { addon }),
      roleArns: rolesIn(parameters),
    };
  },
);

function changeOf(name: string): 'created' | 'deleted' | 'changed' {
  if (name === 'CreateCluster') return 'created';
  return name === 'DeleteCluster' ? 'deleted' : 'changed';
}

/** `cluster.identity.oidc.issuer` of the answer: a new cluster has none yet, a deleted one still has. */
function issuerIn(answered: Fields): string | undefined {
  return issuerOfUrl(text(inner(inner(inner(answered, 'cluster'), 'identity'), 'oidc'), 'issuer'));
}

/** Roles that a request hands over: `serviceAccountRoleArn`, `nodeRole`, `podExecutionRoleArn`, `roleArn`, and in associations. */
function rolesIn(parameters: Fields): readonly string[] {
  const own = ['serviceAccountRoleArn', 'nodeRole', 'podExecutionRoleArn', 'roleArn'];
  const associations = objects(field(parameters, 'podIdentityAssociations'));
  const arns = [
    ...own.map((key) => roleArnIn(parameters, key)),
    ...associations.map((association) => roleArnIn(association, 'roleArn')),
  ];
  return [...new Set(arns.filter((arn) => arn !== undefined))].slice(0, 20);
}
