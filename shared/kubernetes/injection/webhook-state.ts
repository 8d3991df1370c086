/** Whether a cluster has a webhook that gives new pods their AWS identity. */
import type { IdentityWebhook } from '../../estate/kubernetes-schema.ts';

export type WebhookState =
  | { readonly kind: 'works'; readonly name: string; readonly ignoresFailure: boolean }
  | { readonly kind: 'absent' }
  /** There, and it cannot do its work. */
  | { readonly kind: 'broken'; readonly name: string; readonly why: string };

/**
 * The state of the webhooks of a cluster: one that works is enough. EKS runs its webhook in the control plane and calls it
 * by address; one of one's own is a Service, which needs ready endpoints.
 */
export function webhookState(webhooks: readonly IdentityWebhook[]): WebhookState {
  const judged = webhooks.map((webhook) => ({ webhook, why: whyBroken(webhook) }));
  const working = judged.find(({ why }) => why === null);
  if (working !== undefined) {
    const { configuration, failurePolicy } = working.webhook;
    return { kind: 'works', name: configuration, ignoresFailure: failurePolicy !== 'Fail' };
  }
  const [first] = judged;
  if (first === undefined || first.why === null) return { kind: 'absent' };
  return { kind: 'broken', name: first.webhook.configuration, why: first.why };
}

function whyBroken({ createsPods, ready, service }: IdentityWebhook): string | null {
  if (!createsPods) return 'its rules do not take the creation of pods';
  if (ready === false) {
    const where = service === undefined ? 'its Service' : `its Service ${service.namespace}/${service.name}`;
    return `${where} has no ready endpoint`;
  }
  return null;
}
