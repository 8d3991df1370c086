import type { Severity } from '../findings/finding.ts';
import { injectionOf, type Lack } from '../identity/pods/injection.ts';
import { mendingWords } from '../identity/pods/restart.ts';
import { type BoundWorkload, boundWorkloads, podCount, workloadName } from '../identity/pods/workloads.ts';
import { ROLE_ANNOTATION } from '../kubernetes/injection/binding.ts';
import { webhookState } from '../kubernetes/injection/webhook-state.ts';
import { defineRule } from './define-rule.ts';
import { readClusters, workloadIdentity, workloadWhere } from './doors/workload-place.ts';
import { estateExample, role } from './examples/estate.ts';
import { clusterWith, container, podGroup } from './examples/kubernetes.ts';
import { IRSA_PODS, POD_IDENTITY_ASSOCIATION } from './references.ts';
import { fail, pass, unknown, type Verdict } from './verdict.ts';

/** Running pods that lack the credentials that their ServiceAccount should give them; one finding for each workload. */
export default defineRule({
  number: 'PT-206',
  name: 'no-uninjected-pod',
  kind: 'broken',
  fix: 'manual',
  title: 'Pods run without the identity that their ServiceAccount should give them',
  why: 'Token and variables are put into a pod when it is created, and never into one that runs. Pods that are older than the annotation or association, or that the webhook missed, go on without it, often with the credentials of the node.',
  remedy:
    'Restart the workload, so that the webhook sees its new pods: `kubectl -n NAMESPACE rollout restart deployment/NAME`. Where the specification sets one of the two variables itself, take it out first.',
  references: [IRSA_PODS, POD_IDENTITY_ASSOCIATION],
  examples: () => {
    const withPods = (pods: ReturnType<typeof podGroup>) => ({
      clusters: [clusterWith({ pods: [pods] })],
      roles: [role()],
    });
    const older = podGroup({
      oldest: '2026-04-01T00:00:00Z',
      newest: '2026-04-02T00:00:00Z',
      containers: [container({})],
    });
    return {
      fails: estateExample('The pods are older than the annotation', withPods(older), older),
      passes: estateExample('The pods started after it', withPods(podGroup()), podGroup()),
    };
  },
  needs: ['kubernetes:serviceAccounts', 'kubernetes:pods', 'associations'],
  subjects: (scope) => readClusters(scope).flatMap(boundWorkloads),
  where: workloadWhere,
  check: (workload): Verdict<Uninjected> => {
    const lacking = injectionOf(workload).lacking.filter(
      (lack) => !followsFromWebhook(lack, workload) && !followsFromTwoRoles(lack, workload),
    );
    const [first] = lacking;
    if (first === undefined) return pass;
    const missing = workload.cluster.missing('podIdentityAssociations');
    const refused = lacking.every(
      ({ reason, instead }) => reason === 'other-mechanism' && instead === undefined,
    );
    if (missing !== null && workload.association === null && refused) return unknown(missing);
    return fail(evidenceOf(first, lacking, workload));
  },
  severity: ({ reasons, sameRole }) => severityOf(reasons, sameRole),
  message: ({ pods, all, words, restart }, workload) =>
    `${workloadName(workload)}: ${pods} of ${all} pods lack what ServiceAccount ${workload.serviceAccount} should give them; ${words}. To mend it: ${restart}.`,
  identity: (_, workload) => workloadIdentity(workload),
});

type Uninjected = ReturnType<typeof evidenceOf>;

function evidenceOf(first: Lack, lacking: readonly Lack[], workload: BoundWorkload) {
  const role = workload.association?.roleArn;
  return {
    workload: workloadName(workload),
    mechanism: workload.binding.mechanism,
    pods: lacking.reduce((sum, { group }) => sum + group.count, 0),
    all: podCount(workload),
    reasons: [...new Set(lacking.map(({ reason }) => reason))].sort(),
    words: first.words,
    restart: mendingWords(workload, lacking),
    sameRole: role !== undefined && lacking.every(({ instead }) => instead === role),
    names: lacking.flatMap(({ group }) => group.names).slice(0, 6),
  };
}

/** Without a working webhook no new pod gets anything: that is one mistake, of the cluster. */
function followsFromWebhook({ reason }: Lack, { cluster: { kubernetes } }: BoundWorkload): boolean {
  if (reason !== 'passed-by' && reason !== 'unclear') return false;
  if (kubernetes.missing('webhooks') !== null) return false;
  const { kind } = webhookState(kubernetes.data.webhooks ?? []);
  return kind === 'absent' || kind === 'broken';
}

/** An annotation and an association that differ are one mistake, no-double-binding: the pods have one of the two roles. */
function followsFromTwoRoles(
  { reason, instead }: Lack,
  { cluster, namespace, serviceAccount, association }: BoundWorkload,
): boolean {
  if (association === null || reason !== 'other-mechanism') return false;
  const annotated = cluster.kubernetes.serviceAccount(namespace, serviceAccount)?.annotations?.[
    ROLE_ANNOTATION
  ];
  return annotated !== undefined && annotated === instead && annotated !== association.roleArn;
}

/** Pods with another role still do some of their work; those that only changed the mechanism do all of it. */
function severityOf(reasons: readonly string[], sameRole: boolean): Severity {
  if (sameRole) return 'low';
  return reasons.every((reason) => reason === 'other-role') ? 'medium' : 'high';
}
