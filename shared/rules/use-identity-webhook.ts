import type { ClusterView } from '../estate/estate.ts';
import { injectionOf } from '../identity/pods/injection.ts';
import { boundWorkloads, workloadName } from '../identity/pods/workloads.ts';
import { bindingOf } from '../kubernetes/injection/binding.ts';
import { webhookState } from '../kubernetes/injection/webhook-state.ts';
import { defineRule } from './define-rule.ts';
import { readClusters } from './doors/workload-place.ts';
import { estateExample, role } from './examples/estate.ts';
import { clusterWith, webhook } from './examples/kubernetes.ts';
import { clusterWhere } from './places.ts';
import { IRSA_PODS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Clusters with ServiceAccounts that should give their pods an identity, and no webhook that does it. */
export default defineRule({
  number: 'PT-211',
  name: 'use-identity-webhook',
  kind: 'broken',
  fix: 'manual',
  title: 'No working webhook gives pods their AWS identity',
  why: 'A mutating webhook puts the token and the variables into each new pod of an annotated or associated ServiceAccount. Without it such pods start without them, and SDKs fall back to the credentials of the node. Nothing is refused, so nobody notices.',
  remedy:
    'EKS runs the webhook in the control plane and registers it as `pod-identity-webhook`. Compare `kubectl get mutatingwebhookconfiguration pod-identity-webhook -o yaml` with that of another cluster, put it back, then restart the workloads. For one of your own, bring its Service back.',
  references: [IRSA_PODS],
  examples: () => {
    const parts = (webhooks: ReturnType<typeof webhook>[]) => ({
      clusters: [clusterWith({ webhooks })],
      roles: [role()],
    });
    return {
      fails: estateExample('An annotated ServiceAccount, and no webhook', parts([]), { webhooks: [] }),
      passes: estateExample('The webhook of EKS', parts([webhook()]), { webhooks: [webhook()] }),
    };
  },
  needs: ['kubernetes:serviceAccounts', 'kubernetes:webhooks', 'associations'],
  subjects: (scope) =>
    readClusters(scope).filter(
      (view) => bound(view) > 0 && (scope.focused || view.kubernetes.missing('webhooks') === null),
    ),
  where: clusterWhere,
  check: (view) => {
    const missing = view.kubernetes.missing('webhooks');
    const state = webhookState(view.kubernetes.data.webhooks ?? []);
    if (state.kind === 'works') return pass;
    if (missing !== null) return unknown(missing);
    if (state.kind === 'unproven')
      return unknown({ read: 'kubernetes:endpointslices', reason: 'not in the snapshot' });
    const serviceAccounts = bound(view);
    const why = state.kind === 'absent' ? null : state;
    return fail({ serviceAccounts, webhook: why?.name, because: why?.why });
  },
  severity: () => 'high',
  message: ({ serviceAccounts, webhook: name, because }, { cluster }) => {
    const whose =
      serviceAccounts === 1
        ? '1 ServiceAccount that should give its pods a role does'
        : `${serviceAccounts} ServiceAccounts that should give their pods a role do`;
    const what =
      name === undefined
        ? `${cluster.name} has no identity webhook`
        : `${cluster.name}: ${name} does not work, ${because}`;
    return `${what}: ${whose} not do so for pods that start now.`;
  },
  consequences: (_, view) => withoutIdentity(view),
  identity: () => [],
});

/** How many ServiceAccounts have an annotation or an association. */
function bound({ cluster, kubernetes }: ClusterView): number {
  const associated = (cluster.podIdentityAssociations ?? []).map(
    ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`,
  );
  const annotated = (kubernetes.data.serviceAccounts ?? []).flatMap((account) =>
    bindingOf(account, false) === null ? [] : [`${account.namespace}/${account.name}`],
  );
  return new Set([...associated, ...annotated]).size;
}

/** The workloads that started without their identity, some of them. */
function withoutIdentity(view: ClusterView): string[] {
  const lacking = boundWorkloads(view).filter((workload) => injectionOf(workload).lacking.length > 0);
  const shown = lacking.slice(0, 20).map((one) => `no-uninjected-pod: ${workloadName(one)} runs without it.`);
  return lacking.length > 20 ? [...shown, `… and ${lacking.length - 20} more workloads.`] : shown;
}
