import type { V1DaemonSet, V1MutatingWebhook, V1MutatingWebhookConfiguration } from '@kubernetes/client-node';
import type { IdentityWebhook, Kubernetes } from '../../estate/kubernetes-schema.ts';
import type { Plain } from '../plain-list.ts';

/** Names of webhooks that give pods their AWS identity: EKS's own, and the one that people install (amazon-eks-pod-identity-webhook). */
const IDENTITY = /^(?:iam-for-pods|pod-identity-webhook)\.amazonaws\.com$|pod-identity-webhook/;

/** The webhooks of a configuration that give pods their identity. */
export function identityWebhooksOf({
  metadata,
  webhooks,
}: Plain<V1MutatingWebhookConfiguration>): IdentityWebhook[] {
  const configuration = metadata?.name ?? '';
  return (webhooks ?? [])
    .filter(({ name }) => IDENTITY.test(name) || IDENTITY.test(configuration))
    .map((webhook) => ({
      configuration,
      name: webhook.name,
      ...(webhook.failurePolicy === undefined ? {} : { failurePolicy: webhook.failurePolicy }),
      ...placeOf(webhook),
      createsPods: createsPods(webhook),
      namespaceSelector: isSelective(webhook.namespaceSelector),
      objectSelector: isSelective(webhook.objectSelector, 'eks.amazonaws.com/skip-pod-identity-webhook'),
    }));
}

function placeOf({
  clientConfig: { url, service },
}: Plain<V1MutatingWebhook>): Pick<IdentityWebhook, 'url' | 'service'> {
  if (service !== undefined) return { service: { namespace: service.namespace, name: service.name } };
  return url === undefined ? {} : { url: url.slice(0, 2048) };
}

function createsPods({ rules }: Plain<V1MutatingWebhook>): boolean {
  return (rules ?? []).some(
    ({ operations = [], resources = [], apiGroups = [] }) =>
      operations.some((operation) => operation === 'CREATE' || operation === '*') &&
      resources.some((resource) => ['pods', '*', '*/*'].includes(resource)) &&
      apiGroups.some((group) => group === '' || group === '*'),
  );
}

function isSelective(
  selector: Plain<V1MutatingWebhook>['objectSelector'] | undefined,
  beside?: string,
): boolean {
  const expressions = (selector?.matchExpressions ?? []).filter(({ key }) => key !== beside);
  return expressions.length > 0 || Object.keys(selector?.matchLabels ?? {}).length > 0;
}

/** Image and name of the agent, wherever it comes from (EKS add-on, Helm chart eks-pod-identity-agent). */
const AGENT = /eks-pod-identity-agent/;

/** The DaemonSet's state when it runs the Pod Identity agent, else null. */
export function agentOf({
  metadata,
  spec,
  status,
}: Plain<V1DaemonSet>): NonNullable<Kubernetes['agents']>[number] | null {
  const { namespace, name } = metadata ?? {};
  const images = spec?.template.spec?.containers.map(({ image = '' }) => image) ?? [];
  if (namespace === undefined || name === undefined) return null;
  if (!AGENT.test(name) && !images.some((image) => AGENT.test(image))) return null;
  return {
    namespace,
    name,
    desired: status?.desiredNumberScheduled ?? 0,
    ready: status?.numberReady ?? 0,
  };
}
