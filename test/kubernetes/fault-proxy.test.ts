import { CoreV1Api } from '@kubernetes/client-node';
import { afterEach, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { clientConfig } from '../support/kubernetes/clients.ts';
import {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
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

it('lets the continue token of a second page be too old, and offers one that goes on', async () => {
  const namespace = await createNamespace(kubernetes, 'faults');
  await createServiceAccounts(kubernetes, { namespace, count: 5 });
  const core = await through({ rule: ({ nth }) => (nth === 2 ? { kind: 'expired' } : null) });
  const list = async (token: string) =>
    core.listNamespacedServiceAccount({
      namespace,
      limit: 2,
      fieldSelector: 'metadata.name!=default',
      ...(token === '' ? {} : { _continue: token }),
    });
  const page = await list('');
  const refusal = await list(page.metadata?._continue ?? '').catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 410, body: expect.stringContaining('"reason":"Expired"') });
  const { body } = z.object({ body: z.string() }).parse(refusal);
  const rest = await list(JSON.parse(body).metadata.continue);
  expect(rest.items.map((each) => each.metadata?.name)).toEqual(['sa-2', 'sa-3']);
});

it('lets a whole list be too old, and offers nothing', async () => {
  const core = await through({ rule: () => ({ kind: 'expired' }) });
  await expect(core.listNamespace()).rejects.toMatchObject({
    code: 410,
    body: expect.not.stringContaining('"continue"'),
  });
});

it('answers the first try with 429 and the second properly', async () => {
  const core = await through({
    rule: ({ nth }) => (nth === 1 ? { kind: 'throttled', retryAfterSeconds: 1 } : null),
  });
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

it("answers with a portal's page, which @kubernetes/client-node takes for a list that has no items", async () => {
  const core = await through({
    rule: () => ({ kind: 'answer', code: 200, contentType: 'text/html', body: '<html>portal</html>' }),
  });
  expect((await core.listNamespace()).items).toBeUndefined();
});

it('shows a certificate that nobody trusts', async () => {
  const core = await through({ signedBy: 'foreign' });
  await expect(core.listNamespace()).rejects.toThrow();
  expect(proxy?.seen).toEqual([]);
});
