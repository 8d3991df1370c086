import { expect, it } from 'vitest';
import type { IdentityWebhook } from '../../../shared/estate/kubernetes-schema.ts';
import { association, estateOf } from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  podGroup,
  serviceAccount,
  webhook,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/use-identity-webhook.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';

const withWebhooks = (...webhooks: IdentityWebhook[]) => estateOf({ clusters: [clusterWith({ webhooks })] });
const plain = { serviceAccounts: [serviceAccount({ annotations: {} })] };
const { url: _, ...inCluster } = webhook({
  service: { namespace: 'kube-system', name: 'pod-identity-webhook' },
});
const { webhooks: __, ...unread } = clusterWith().kubernetes ?? {};

ruleCases(rule, [
  {
    when: 'there is an annotated ServiceAccount and no webhook',
    estate: withWebhooks(),
    is: 'fail',
    severity: 'high',
    says: /shop has no identity webhook: 1 ServiceAccount/,
  },
  {
    when: 'there is an association alone and no webhook',
    estate: estateOf({
      clusters: [clusterWith({ ...plain, webhooks: [] }, { podIdentityAssociations: [association()] })],
    }),
    is: 'fail',
  },
  {
    when: "the webhook's Service has no ready endpoint",
    estate: withWebhooks({ ...inCluster, ready: false }),
    is: 'fail',
    says: /Service kube-system\/pod-identity-webhook has no ready endpoint/,
  },
  {
    when: 'its rules do not take the creation of pods',
    estate: withWebhooks(webhook({ createsPods: false })),
    is: 'fail',
    says: /do not take the creation of pods/,
  },
  { when: 'EKS calls it by address', estate: withWebhooks(webhook()), is: 'pass' },
  {
    when: 'one of two works',
    estate: withWebhooks({ ...inCluster, name: 'own', ready: false }, webhook()),
    is: 'pass',
  },
  {
    when: 'it looks only at some namespaces',
    estate: withWebhooks(webhook({ namespaceSelector: true })),
    is: 'pass',
  },
  { when: 'whether its Service is ready was not read', estate: withWebhooks(inCluster), is: 'unknown' },
  {
    when: 'the webhooks were not read',
    estate: estateOf({ clusters: [{ ...clusterWith(), kubernetes: unread }] }),
    is: 'unknown',
  },
  {
    when: 'no ServiceAccount should give its pods anything',
    estate: estateOf({ clusters: [clusterWith({ ...plain, webhooks: [] })] }),
    is: 'not applicable',
  },
]);

it('names the workloads that run without their identity as what follows', () => {
  const pods = [podGroup({ containers: [container({})] })];
  const { consequences } = onlyFailure(rule, estateOf({ clusters: [clusterWith({ pods, webhooks: [] })] }));
  expect(consequences).toEqual(['no-uninjected-pod: Deployment shop/checkout runs without it.']);
});
