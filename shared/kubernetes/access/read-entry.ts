import { READ_GROUP } from './read-rights.ts';

/** The cluster and the principal that a way in is for; placeholders stand for what is not known. */
export interface Entrant {
  readonly cluster: string;
  readonly principal: string;
  readonly region?: string;
  /** Groups of the entry; those of reading unless told. */
  readonly groups?: readonly string[];
}

/** The AWS command that makes the access entry (EKS API reference, CreateAccessEntry). */
export function entryCommand({ cluster, principal, region, groups = [READ_GROUP] }: Entrant): string {
  const where = region === undefined ? '' : ` --region ${region}`;
  return `aws eks create-access-entry${where} --cluster-name ${cluster} --principal-arn ${principal} --kubernetes-groups ${groups.join(' ')}`;
}

/** The same as a resource of CloudFormation (AWS::EKS::AccessEntry). */
export function entryResource({ cluster, principal, groups = [READ_GROUP] }: Entrant): object {
  return {
    Type: 'AWS::EKS::AccessEntry',
    Properties: {
      ClusterName: cluster,
      PrincipalArn: principal,
      Type: 'STANDARD',
      KubernetesGroups: [...groups],
    },
  };
}

/** The row of `aws-auth` for a cluster without access entries; a role's path is left out there. */
export function awsAuthRow({
  principal,
  groups = [READ_GROUP],
}: Pick<Entrant, 'principal' | 'groups'>): object {
  return {
    rolearn: principal.replace(/(:role\/)(?:[^/]+\/)+/, '$1'),
    username: 'podtrust:{{SessionName}}',
    groups: [...groups],
  };
}
