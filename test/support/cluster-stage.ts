import { configSchema } from '../../shared/config/config.ts';
import type { Kubernetes } from '../../shared/estate/kubernetes-schema.ts';
import { SNAPSHOT_VERSION, type Snapshot, snapshotSchema } from '../../shared/estate/snapshot.ts';
import type { ClusterObjects } from '../../shared/kube/changes/objects.ts';
import { kubernetesOf } from '../../simulator/kubernetes.ts';
import type { PipelineOptions } from '../../simulator/pipeline/pipeline.ts';
import { ACCOUNT, REGION, repairStage } from './repair-stage.ts';

export const CLUSTER = `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/prod`;
const GONE = `arn:aws:iam::${ACCOUNT}:role/gone`;

export const NODES = `# nodes, please keep
- rolearn: arn:aws:iam::${ACCOUNT}:role/shop
  username: shop
  groups: [viewers]
`;
/** A row for a role that does not exist, behind one that stays. */
export const GHOST = `${NODES}- rolearn: ${GONE}\n  username: gone\n  groups: [viewers]\n`;

/** Repairs of aws-auth are approved, where its cluster may be written. */
export const writing = (fixes: object = { kubernetes: [{ cluster: CLUSTER }] }, read = [CLUSTER]) =>
  configSchema.parse({
    deployment: { kubernetes: { clusters: read.map((cluster) => ({ cluster })) } },
    fixes: {
      mode: 'off',
      settings: [{ rule: 'no-ghost-aws-auth-principal', mode: 'approve' }],
      ...fixes,
    },
  });

const TOO_MANY: Kubernetes = { awsAuth: { data: { mapRoles: GHOST }, resourceVersion: '7' } };

/**
 * A cluster whose aws-auth has a row too many, or that shows something else; `through` comes between the changes and its
 * API server.
 */
export async function clusterStage(
  config = writing(),
  {
    through = (objects) => objects,
    shows = TOO_MANY,
    ...options
  }: Partial<PipelineOptions> & { through?: Through; shows?: Kubernetes } = {},
) {
  const kubernetes = kubernetesOf(showing(shows));
  const place = { account: ACCOUNT, region: REGION, name: 'prod' };
  const objects = kubernetes.objects(place);
  const stage = await repairStage(config, {
    authenticationMode: 'API_AND_CONFIG_MAP',
    ...options,
    kubernetes: kubernetes.read,
    repair: { ...options.repair, objects: async (cluster) => through(kubernetes.objects(cluster)) },
  });
  return {
    ...stage,
    objects,
    mapRoles: async () => (await objects.configMap('kube-system', 'aws-auth'))?.data['mapRoles'],
  };
}

type Through = (objects: ClusterObjects) => ClusterObjects;

/** What there is of the cluster's Kubernetes API. */
function showing(kubernetes: Kubernetes): Snapshot {
  return snapshotSchema.parse({
    schemaVersion: SNAPSHOT_VERSION,
    takenAt: '2026-11-22T09:00:00Z',
    accounts: [
      {
        id: ACCOUNT,
        partition: 'aws',
        regions: [{ name: REGION, clusters: [{ name: 'prod', arn: CLUSTER, status: 'ACTIVE', kubernetes }] }],
      },
    ],
    coverage: [],
  });
}
