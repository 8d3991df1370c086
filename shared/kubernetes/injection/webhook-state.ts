/** Whether a cluster has a webhook that gives new pods their AWS identity. */
import type { IdentityWebhook } from '../../estate/kubernetes-schema.ts';

export type WebhookState =
  | { readonly kind: 'works'; readonly name: string; readonly ignoresFailure: boolean }
  | { readonly kind: 'absent' }
  /** There, and whether its Service has ready endpoints was not read. */
  | { readonly kind: 'unproven'; readonly name: string }
  /** There, and it cannot do its work. */
  | { readonly kind: 'broken'; readonly name: string; readonly why: string };

/**
 * The state of the webhooks of a cluster: one that works is enough. EKS runs its webhook in the control plane and calls it
 * by address; one of one's own is a Service, which needs ready endpoints.
 */
export function webhookState(webhooks: readonly IdentityWebhook[]): WebhookState {
  const judged = webhooks.map((webhook) => ({ webhook, why: whyBroken(webhook) }));
  const working = judged.find(({ why, webhook }) => why === null && !isUnproven(webhook));
  if (working !== undefined) {
    const { configuration, failurePolicy } = working.webhook;
    return { kind: 'works', name: configuration, ignoresFailure: failurePolicy !== 'Fail' };
  }
  const unproven = judged.find(({ why }) => why === null);
  if (unproven !== undefined) return { kind: 'unproven', name: unproven.webhook.configuration };
  const [first] = judged;
  if (first === undefined || first.why === null) return { kind: 'absent' };
  return { kind: 'broken', name: first.webhook.configuration, why: first.why };
}

const isUnproven = ({ service, ready }: IdentityWebhook): boolean =>
  service !== undefined && ready === undefined;

function whyBroken({ createsPods, ready, service }: IdentityWebhook): string | null {
  if (!createsPods) return 'its rules do not take the creation of pods';
  if (ready === false) {
    const where = service === undefined ? 'its Service' : `its Service ${service.namespace}/${service.name}`;
    return `${where} has no ready endpoint`;
  }
  return null;
}
