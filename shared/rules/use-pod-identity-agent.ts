import type { ClusterView } from '../estate/estate.ts';
import { agentRepair, agentStep } from '../identity/pod-identity-runtime.ts';
import { draftAgent } from '../plans/drafts/agent.ts';
import { defineRule } from './define-rule.ts';
import {
  association,
  cluster,
  estateExample,
  podIdentityStatement,
  role,
  trustPolicy,
} from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { POD_IDENTITY_AGENT } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Clusters with associations and no working agent: built into Auto Mode, an add-on, or a DaemonSet of one's own. */
export default defineRule({
  number: 'PT-301',
  name: 'use-pod-identity-agent',
  kind: 'broken',
  fix: 'guarded',
  title: 'The cluster has associations and no Pod Identity agent',
  why: 'Pods fetch their credentials from the agent on their node. Without it no association of the cluster works, and SDKs fall back to the credentials of the node.',
  remedy:
    'Install the add-on eks-pod-identity-agent: `aws eks create-addon --addon-name eks-pod-identity-agent`. It makes every association of the cluster effective.',
  references: [POD_IDENTITY_AGENT],
  examples: () => {
    const withAgent = (status: string) =>
      cluster({
        addons: [{ name: 'eks-pod-identity-agent', status }],
        podIdentityAssociations: [association()],
      });
    const roles = [role({ trustPolicy: trustPolicy(podIdentityStatement()) })];
    const shown = (status: string) => ({ name: 'eks-pod-identity-agent', status });
    return {
      fails: estateExample(
        'The add-on failed to install',
        { clusters: [withAgent('CREATE_FAILED')], roles },
        shown('CREATE_FAILED'),
      ),
      passes: estateExample(
        'The add-on is active',
        { clusters: [withAgent('ACTIVE')], roles },
        shown('ACTIVE'),
      ),
    };
  },
  needs: ['clusters'],
  weighs: ['kubernetes:agents', 'kubernetes:pods'],
  subjects: ({ clusters }) => clusters.filter(mayHaveAssociations),
  where: clusterWhere,
  check: (view) => {
    const { status, detail } = agentStep(view);
    if (status === 'pass') return pass;
    const associations = view.cluster.podIdentityAssociations?.length ?? 0;
    const unread = view.missing('podIdentityAssociations');
    if (associations === 0 && unread !== null) return unknown(unread);
    if (status === 'fail') return fail({ detail, associations });
    const agents = view.kubernetes.missing('agents');
    const read =
      agents === null ? 'kubernetes:pods' : (view.missing('addons')?.read ?? 'kubernetes:daemonsets');
    return unknown({ read, reason: detail });
  },
  severity: () => 'high',
  message: ({ detail, associations }) =>
    `${detail} ${associations} ${associations === 1 ? 'association depends' : 'associations depend'} on it.`,
  consequences: (_, { cluster: { podIdentityAssociations } }) =>
    (podIdentityAssociations ?? [])
      .slice(0, 20)
      .map(({ namespace, serviceAccount }) => `Pods of ${namespace}/${serviceAccount} get no credentials.`),
  identity: () => [],
  repair: (_, view) => agentRepair(view),
  plan: (_, view, { config }) => draftAgent(view, config),
});

function mayHaveAssociations(view: ClusterView): boolean {
  const { podIdentityAssociations } = view.cluster;
  return (podIdentityAssociations?.length ?? 0) > 0 || view.missing('podIdentityAssociations') !== null;
}
