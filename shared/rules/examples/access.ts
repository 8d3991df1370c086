import type { Kubernetes, RbacBinding } from '../../estate/kubernetes-schema.ts';
import type { AccessEntry, Cluster, Role } from '../../estate/snapshot.ts';
import { ACCOUNT, cluster, role, trustPolicy } from './estate.ts';

/** The role that examples let into the cluster `shop`. */
export const TEAM_ARN = `arn:aws:iam::${ACCOUNT}:role/team`;

/** The cluster is older than the roles of the examples, which are older than its entries. */
export const CREATED = {
  cluster: '2026-01-10T08:00:00Z',
  role: '2026-01-05T08:00:00Z',
  entry: '2026-02-01T08:00:00Z',
} as const;

/** A role that people of the account assume. */
export function teamRole(changes: Partial<Role> = {}): Role {
  const people = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: 'sts:AssumeRole',
  };
  return role({
    arn: TEAM_ARN,
    id: 'AROAEXAMPLETEAM',
    created: CREATED.role,
    trustPolicy: trustPolicy(people),
    ...changes,
  });
}

/** An access policy of AWS over the whole cluster, or in namespaces. */
export function accessPolicy(
  name: string,
  ...namespaces: string[]
): NonNullable<AccessEntry['policies']>[number] {
  return {
    policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
    scope: namespaces.length === 0 ? { type: 'cluster' } : { type: 'namespace', namespaces },
  };
}

/** The entry of the role `team`, which may look at everything but Secrets. */
export function entry(changes: Partial<AccessEntry> = {}): AccessEntry {
  return {
    principalArn: TEAM_ARN,
    type: 'STANDARD',
    username: `arn:aws:sts::${ACCOUNT}:assumed-role/team/{{SessionName}}`,
    groups: [],
    created: CREATED.entry,
    policies: [accessPolicy('AmazonEKSViewPolicy')],
    ...changes,
  };
}

/** What the Kubernetes API of the cluster `shop` shows: aws-auth with these sections, and no bindings. */
export function kubernetes(changes: Partial<Kubernetes> = {}): Kubernetes {
  return { awsAuth: null, roles: [], bindings: [], nodes: [], ...changes };
}

/** aws-auth with sections as text. */
export function awsAuth(data: Readonly<Record<string, string>>): NonNullable<Kubernetes['awsAuth']> {
  return { data: { ...data } };
}

/** A ClusterRoleBinding of groups. */
export function groupBinding(role: string, ...groups: string[]): RbacBinding {
  return {
    name: `${role}-of-${groups.join('-')}`,
    role: { kind: 'ClusterRole', name: role },
    subjects: groups.map((name) => ({ kind: 'Group', name })),
  };
}

/** The cluster `shop` with its Kubernetes side read. */
export function readCluster(changes: Partial<Cluster> = {}): Cluster {
  return cluster({ created: CREATED.cluster, kubernetes: kubernetes(), ...changes });
}
