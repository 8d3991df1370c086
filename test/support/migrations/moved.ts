import type { PodGroup } from '../../../shared/estate/kubernetes-schema.ts';
import type { Account, Cluster, Session, Snapshot } from '../../../shared/estate/snapshot.ts';
import { subjectOf } from '../../../shared/identity/service-account.ts';
import { container, POD_IDENTITY_VARIABLES } from '../../../shared/rules/examples/kubernetes.ts';

/** The estate as it was read. */
export const onlyRead = (snapshot: Snapshot): Snapshot => snapshot;

/** The estate after everybody's pods were made anew, and each association was seen at work, everything observed. */
export function everybodyMoved(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account) => ({
      ...account,
      observed: {
        sessions: {
          source: 'trail',
          since: '2026-01-01T00:00:00Z',
          complete: true,
          seen: sessionsOf(account, snapshot.takenAt),
        },
      },
      ...(account.regions === undefined
        ? {}
        : {
            regions: account.regions.map((region) => ({
              ...region,
              ...(region.clusters === undefined ? {} : { clusters: region.clusters.map(restarted) }),
            })),
          }),
    })),
  };
}

function sessionsOf({ regions }: Account, last: string): Session[] {
  return (regions ?? []).flatMap(({ name: region, clusters }) =>
    (clusters ?? []).flatMap(({ name: cluster, podIdentityAssociations }) =>
      (podIdentityAssociations ?? []).flatMap(({ namespace, serviceAccount, roleArn: role }): Session[] =>
        role === undefined
          ? []
          : [
              {
                role,
                via: 'pod-identity',
                region,
                cluster,
                subject: subjectOf(namespace, serviceAccount),
                first: last,
                last,
              },
            ],
      ),
    ),
  );
}

/** Pods of ServiceAccounts with an association are made anew, and have what that gives them. */
function restarted(cluster: Cluster): Cluster {
  const { kubernetes } = cluster;
  if (kubernetes?.pods === undefined) return cluster;
  const moved = new Set(
    (cluster.podIdentityAssociations ?? []).map((one) => `${one.namespace}/${one.serviceAccount}`),
  );
  const anew = (group: PodGroup): PodGroup =>
    moved.has(`${group.namespace}/${group.serviceAccount}`)
      ? { ...group, containers: [container(POD_IDENTITY_VARIABLES)] }
      : group;
  return { ...cluster, kubernetes: { ...kubernetes, pods: kubernetes.pods.map(anew) } };
}
