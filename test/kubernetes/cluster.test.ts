import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { expect, inject, it } from 'vitest';

const kubernetes = inject('kubernetes');

it('is there', async () => {
  const config = new KubeConfig();
  config.loadFromFile(kubernetes.kubeconfig);
  const namespaces = await config.makeApiClient(CoreV1Api).listNamespace();
  expect(namespaces.items.map((each) => each.metadata?.name)).toContain('kube-system');
});
