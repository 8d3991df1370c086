import type { ClusterView } from '../estate/estate.ts';
import type { Association } from '../estate/snapshot.ts';
import { bindingOf } from '../kubernetes/injection/binding.ts';
import { webhookState } from '../kubernetes/injection/webhook-state.ts';
import type { Step } from './chain.ts';
import { fail, leftOut, pass, unknown, unread } from './checks.ts';
import { credentialsOf } from './pods/credentials.ts';
import { injectionOf } from './pods/injection.ts';
import { mendingWords } from './pods/restart.ts';
import { type BoundWorkload, podCount, workloadName, workloadsOf } from './pods/workloads.ts';

/** What the pods of a ServiceAccount should have been given. */
export type PodIdentity =
  | { readonly mechanism: 'irsa'; readonly roleArn: string; readonly audience: string }
  | { readonly mechanism: 'pod-identity'; readonly association: Association | null };

export interface PodQuestion {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly identity: PodIdentity;
}

/** Whether the webhook gave the running pods their identity, and whether nothing in them comes before it. */
export function podSteps(question: PodQuestion): Step[] {
  const { cluster, namespace, serviceAccount, identity } = question;
  const bound = boundAs(identity);
  if (bound === null) {
    const reason = 'Nothing gives the pods an identity.';
    return [leftOut('pod-identity-webhook', reason), leftOut('pod-credentials', reason)];
  }
  const missing = cluster.kubernetes.missing('pods');
  if (missing !== null)
    return [unknown('pod-identity-webhook', unread(missing)), unknown('pod-credentials', unread(missing))];
  const workloads = workloadsOf(cluster)
    .filter((one) => one.namespace === namespace && one.serviceAccount === serviceAccount)
    .map((workload) => ({ ...workload, ...bound }));
  return [webhookStep(workloads, question), credentialsStep(workloads, question)];
}

function boundAs(identity: PodIdentity): Pick<BoundWorkload, 'binding' | 'association'> | null {
  if (identity.mechanism === 'pod-identity') {
    const { association } = identity;
    const binding = bindingOf(undefined, true);
    return association === null || binding === null ? null : { binding, association };
  }
  const { roleArn, audience } = identity;
  return {
    binding: { mechanism: 'irsa', roleArn, audience, expiration: 86_400, regional: true },
    association: null,
  };
}

/** Pods that run decide; what no pod shows, the webhook itself does. */
function webhookStep(workloads: readonly BoundWorkload[], question: PodQuestion): Step {
  const judged = workloads.map((workload) => ({ workload, ...injectionOf(workload) }));
  const lacking = judged.find((one) => one.lacking.length > 0);
  const broken = webhookFault(question);
  const lack = lacking?.lacking[0];
  if (lacking !== undefined && lack !== undefined) {
    const pods = lacking.lacking.reduce((sum, { group }) => sum + group.count, 0);
    const since = lack.reason === 'passed-by' || lack.reason === 'unclear';
    if (broken?.status === 'fail' && since) return broken;
    return fail(
      'pod-identity-webhook',
      `${pods} of ${podCount(lacking.workload)} pods of ${workloadName(lacking.workload)} lack the variables: ${lack.words}. To mend it: ${mendingWords(lacking.workload, lacking.lacking)}.`,
      'no-uninjected-pod',
    );
  }
  if (broken !== null && (broken.status === 'fail' || workloads.length === 0)) return broken;
  const skipped = judged.find((one) => one.skipped.length > 0);
  if (skipped !== undefined && judged.every(({ given, own }) => given.length + own.length === 0))
    return fail(
      'pod-identity-webhook',
      `The pods of ${workloadName(skipped.workload)} ask the webhook to pass them over.`,
    );
  if (workloads.length === 0)
    return pass(
      'pod-identity-webhook',
      'No pod runs as the ServiceAccount; the webhook is there for those that start.',
    );
  const own = judged.find((one) => one.own.length > 0);
  if (own !== undefined)
    return pass(
      'pod-identity-webhook',
      `${workloadName(own.workload)} sets the variables itself, and the webhook leaves them.`,
    );
  if (judged.every(({ given }) => given.length === 0))
    return leftOut('pod-identity-webhook', 'The pods run where this identity does not work.');
  return pass(
    'pod-identity-webhook',
    `The pods of ${workloads.map(workloadName).slice(0, 3).join(', ')} got their variables and token.`,
  );
}

/** Why pods that start would get nothing, or null when they would get it. */
function webhookFault({ cluster: { kubernetes, cluster } }: PodQuestion): Step | null {
  const state = webhookState(kubernetes.data.webhooks ?? []);
  if (state.kind === 'works') return null;
  const missing = kubernetes.missing('webhooks');
  if (missing !== null) return unknown('pod-identity-webhook', unread(missing));
  if (state.kind === 'unproven')
    return unknown('pod-identity-webhook', `Whether the Service of ${state.name} is ready was not read.`);
  const what =
    state.kind === 'absent'
      ? 'has no identity webhook'
      : `has ${state.name}, which does not work: ${state.why}`;
  return fail(
    'pod-identity-webhook',
    `Cluster ${cluster.name} ${what}. Pods that start get nothing.`,
    'use-identity-webhook',
  );
}

function credentialsStep(
  workloads: readonly BoundWorkload[],
  { namespace, serviceAccount }: PodQuestion,
): Step {
  if (workloads.length === 0)
    return leftOut('pod-credentials', `No pod runs as ${namespace}/${serviceAccount}.`);
  const judged = workloads.map((workload) => ({ workload, ...credentialsOf(workload) }));
  const at = (workload: BoundWorkload, container: string) =>
    `${workloadName(workload)}, container ${container}`;
  for (const { workload, shadowed, proxied } of judged) {
    const [shadow] = shadowed;
    if (shadow !== undefined)
      return fail(
        'pod-credentials',
        `${at(workload, shadow.container)}: ${shadow.because}.`,
        'no-shadowed-credentials',
      );
    const proxy = proxied.find(({ by }) => by.kind === 'proxied');
    if (proxy?.by.kind === 'proxied')
      return fail(
        'pod-credentials',
        `${at(workload, proxy.container)}: ${proxy.by.by} sends requests for ${proxy.by.host} to a proxy.`,
        'no-proxied-credentials',
      );
  }
  for (const { workload, open, proxied } of judged) {
    const [shadow] = open;
    if (shadow !== undefined)
      return unknown('pod-credentials', `${at(workload, shadow.container)}: ${shadow.because}.`);
    const proxy = proxied.find(({ by }) => by.kind === 'unclear');
    if (proxy?.by.kind === 'unclear')
      return unknown(
        'pod-credentials',
        `${at(workload, proxy.container)}: ${proxy.by.by} is set, and ${proxy.by.because}.`,
      );
  }
  if (judged.every(({ given }) => given.length === 0))
    return leftOut('pod-credentials', 'No container got what the webhook gives.');
  const blind = judged.find(({ unknownVariables }) => unknownVariables.length > 0);
  if (blind !== undefined)
    return leftOut(
      'pod-credentials',
      `${at(blind.workload, blind.unknownVariables[0] ?? '')} takes a whole Secret or ConfigMap as variables, which are not read: AWS keys among them would come first.`,
    );
  return pass('pod-credentials', 'Nothing that the pods set comes before these credentials.');
}
