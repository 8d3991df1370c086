import { CoreV1Api } from '@kubernetes/client-node';
import { afterEach, expect, inject, it } from 'vitest';
import { clientConfig } from '../support/kubernetes/clients.ts';
import {
  expired,
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
  tooManyRequests,
} from '../support/kubernetes/fault-proxy.ts';
import { createNamespace, createServiceAccounts } from '../support/kubernetes/workload.ts';

const kubernetes = inject('kubernetes');

let proxy: FaultProxy | undefined;
afterEach(async () => {
  await proxy?.close();
});

async function through(options: FaultProxyOptions): Promise<CoreV1Api> {
  proxy = await startFaultProxy(kubernetes, options);
  return clientConfig(proxy).makeApiClient(CoreV1Api);
}

it('passes on what no rule touches', async () => {
  const core = await through({});
  const { items } = await core.listNamespace();
  expect(items.map((each) => each.metadata?.name)).toContain('kube-system');
  expect(proxy?.seen).toMatchObject([{ method: 'GET', path: '/api/v1/namespaces', nth: 1 }]);
});

it('lets the continue token of a second page be too old', async () => {
  const namespace = await createNamespace(kubernetes, 'faults');
  await createServiceAccounts(kubernetes, { namespace, count: 5 });
  const core = await through({ rule: ({ query }) => (query.has('continue') ? expired : null) });
  const page = await core.listNamespacedServiceAccount({ namespace, limit: 2 });
  await expect(
    core.listNamespacedServiceAccount({ namespace, limit: 2, _continue: page.metadata?._continue ?? '' }),
  ).rejects.toMatchObject({ code: 410, body: expect.stringContaining('"reason":"Expired"') });
});

it('answers the first try with 429 and the second properly', async () => {
  const core = await through({ rule: ({ nth }) => (nth === 1 ? tooManyRequests(1) : null) });
  await expect(core.listNamespace()).rejects.toMatchObject({ code: 429, headers: { 'retry-after': '1' } });
  await expect(core.listNamespace()).resolves.toMatchObject({ kind: 'NamespaceList' });
});

it('answers late', async () => {
  const core = await through({ rule: () => ({ kind: 'slow', milliseconds: 300 }) });
  const began = performance.now();
  await core.listNamespace();
  expect(performance.now() - began).toBeGreaterThan(290);
});

it.each([
  ['before the first byte', 0],
  ['within the body', 200],
])('cuts the connection %s', async (_when, afterBytes) => {
  const core = await through({ rule: () => ({ kind: 'cut', afterBytes }) });
  await expect(core.listNamespace()).rejects.toThrow();
});

it('never answers', async () => {
  proxy = await startFaultProxy(kubernetes, { rule: () => ({ kind: 'silent' }) });
  const core = clientConfig(proxy).makeApiClient(CoreV1Api);
  const outcome = await Promise.race([
    core.listNamespace().then(
      () => 'answered',
      () => 'failed',
    ),
    new Promise((resolve) => setTimeout(resolve, 500, 'waiting')),
  ]);
  expect(outcome).toBe('waiting');
});

it('answers with something else', async () => {
  const core = await through({ rule: () => ({ kind: 'body', text: '<html>portal</html>' }) });
  await expect(core.listNamespace()).rejects.toThrow();
});

it('shows a certificate that nobody trusts', async () => {
  const core = await through({ signedBy: 'foreign' });
  await expect(core.listNamespace()).rejects.toThrow();
  expect(proxy?.seen).toEqual([]);
});
