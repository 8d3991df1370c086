import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { expect, inject, it } from 'vitest';
import { clientConfig } from '../support/kubernetes/clients.ts';
import {
  createNamespace,
  createNodes,
  createPods,
  createServiceAccounts,
  injected,
} from '../support/kubernetes/workload.ts';

const kubernetes = inject('kubernetes');
const core = clientConfig(kubernetes).makeApiClient(CoreV1Api);
const ROLE = 'arn:aws:iam::111122223333:role/orders';

it('fills a namespace with annotated ServiceAccounts and running pods that the webhook seems to have seen', async () => {
  const namespace = await createNamespace(kubernetes, 'workload');
  const serviceAccounts = await createServiceAccounts(kubernetes, {
    namespace,
    count: 5,
    annotations: () => ({ 'eks.amazonaws.com/role-arn': ROLE }),
  });
  const nodes = await createNodes(kubernetes, namespace, 2);
  await createPods(kubernetes, {
    namespace,
    count: 20,
    nodes,
    pod: (index) => ({
      serviceAccount: serviceAccounts[index % serviceAccounts.length]!,
      ...injected(ROLE, kubernetes.region),
    }),
  });
  const { items } = await core.listNamespacedPod({ namespace });
  expect(items).toHaveLength(20);
  expect(new Set(items.map((pod) => pod.spec?.nodeName))).toEqual(new Set(nodes));
  for (const pod of items) {
    expect(pod.status?.phase).toBe('Running');
    expect(serviceAccounts).toContain(pod.spec?.serviceAccountName);
    expect(pod.spec?.containers[0]?.env).toContainEqual({ name: 'AWS_ROLE_ARN', value: ROLE });
    expect(pod.spec?.volumes?.map((volume) => volume.name)).toContain('aws-iam-token');
  }
  const account = await core.readNamespacedServiceAccount({ namespace, name: 'sa-4' });
  expect(account.metadata?.annotations).toEqual({ 'eks.amazonaws.com/role-arn': ROLE });
});

it('has controllers that make the pods of a Deployment', async () => {
  const namespace = await createNamespace(kubernetes, 'workload');
  const labels = { app: 'orders' };
  const apps = clientConfig(kubernetes).makeApiClient(AppsV1Api);
  await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: 'orders' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
        },
      },
    },
  });
  const owners = async () =>
    (await core.listNamespacedPod({ namespace })).items.map(
      (pod) => pod.metadata?.ownerReferences?.[0]?.kind,
    );
  await expect.poll(owners, { timeout: 10_000 }).toEqual(['ReplicaSet', 'ReplicaSet']);
});
