import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { BUNDLING } from '../infra/constructs/bundling.ts';
import { startCluster } from '../test/support/kubernetes/cluster.ts';
import {
  createNamespace,
  createNodes,
  createPods,
  createServiceAccounts,
  injected,
} from '../test/support/kubernetes/workload.ts';
import { type Load, startGenerator } from './kubernetes/generator.ts';

/**
 * Reads two clusters: one filled to 20,000 pods on Kubernetes' own API server, and one of 100,000 that a generator makes up
 * in the API's list format. Each is read by a process of its own, whose highest memory is what counts. `--generator`: the
 * second alone, which needs no Go.
 */
interface Measured {
  readonly milliseconds: number;
  readonly requests: number;
  readonly megabytes: number;
  readonly emptyMegabytes: number;
  readonly serviceAccounts: number;
  readonly pods: number;
  readonly groups: number;
  readonly nodes: number;
  readonly snapshotMegabytes: number;
  readonly gaps: number;
}

interface Server {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly token: string;
}

const ROUNDS = 3;
const PAGE = 500;
/** Who the caller is, the version, `aws-auth`. */
const SINGLE = 3;
/** The lists beside those that a load counts, one page each: these clusters have few of them. */
const SMALL_LISTS = 6;

const SMALL_YOUNG = '--max-semi-space-size=16';

const REAL: Load = { serviceAccounts: 2_000, pods: 20_000, nodes: 200, namespaces: 40 };
const GENERATED: Load = { serviceAccounts: 20_000, pods: 100_000, nodes: 1_000, namespaces: 400 };

const folder = await mkdtemp(join(tmpdir(), 'podtrust-bench-'));
const reader = join(folder, 'reading.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'kubernetes', 'reading.ts')],
  outfile: reader,
  bundle: true,
  platform: 'node',
  logLevel: 'error',
  ...BUNDLING,
});

async function once(server: Server, flags: readonly string[]): Promise<Measured> {
  const child = spawn(process.execPath, [...flags, reader], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { server: address, certificateAuthority, token } = server;
  child.stdin.end(JSON.stringify({ server: address, certificateAuthority, token }));
  return JSON.parse(await text(child.stdout));
}

/** The round with the median time. */
async function measure(server: Server, ...flags: string[]): Promise<Measured> {
  const rounds: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await once(server, flags));
  const [, middle] = rounds.sort((a, b) => a.milliseconds - b.milliseconds);
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

async function fill(
  load: Load,
  cluster: Awaited<ReturnType<typeof startCluster>>['kubernetes'],
): Promise<void> {
  const nodes = await createNodes(cluster, 'bench', load.nodes);
  for (let at = 0; at < load.namespaces; at++) {
    const namespace = await createNamespace(cluster, 'team');
    const accounts = await createServiceAccounts(cluster, {
      namespace,
      count: load.serviceAccounts / load.namespaces,
    });
    await createPods(cluster, {
      namespace,
      count: load.pods / load.namespaces,
      nodes,
      pod: (index) => ({
        serviceAccount: accounts[index % accounts.length] ?? 'default',
        ...injected(`arn:aws:iam::111122223333:role/app-${index % accounts.length}`, cluster.region),
      }),
    });
  }
}

/** One request for each page, and one for each thing that is no list. */
function pagesOf({ serviceAccounts, pods, nodes, namespaces }: Load): number {
  const lists = [serviceAccounts, pods, nodes, namespaces].map((count) =>
    Math.max(1, Math.ceil(count / PAGE)),
  );
  return lists.reduce((sum, one) => sum + one, SINGLE + SMALL_LISTS);
}

const results: { readonly cluster: string; readonly pages: number; readonly measured: Measured }[] = [];
if (!process.argv.includes('--generator')) {
  const { kubernetes, close } = await startCluster({ controllers: false, authenticator: false });
  const began = performance.now();
  await fill(REAL, kubernetes);
  console.error(`filled in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  // Namespaces of Kubernetes' own come on top, within the same page.
  results.push({
    cluster: "Kubernetes' API server",
    pages: pagesOf(REAL),
    measured: await measure(kubernetes),
  });
  await close();
}
const generator = await startGenerator(GENERATED);
results.push({ cluster: 'generator', pages: pagesOf(GENERATED), measured: await measure(generator) });
const megabytesSent = generator.sent() / ROUNDS / 1024 / 1024;
// Node.js lets its young generation grow with the memory of the machine; this shows what the reading itself takes.
results.push({
  cluster: `generator, ${SMALL_YOUNG}`,
  pages: pagesOf(GENERATED),
  measured: await measure(generator, SMALL_YOUNG),
});
await generator.close();
await rm(folder, { recursive: true, force: true });

const rows = results.map(({ cluster, pages, measured }) => [
  cluster,
  measured.serviceAccounts,
  measured.pods,
  measured.groups,
  `${(measured.milliseconds / 1000).toFixed(1)} s`,
  measured.requests,
  pages,
  `${measured.megabytes.toFixed(0)} MB`,
  `${measured.emptyMegabytes.toFixed(0)} MB`,
  `${measured.snapshotMegabytes.toFixed(1)} MB`,
  measured.gaps,
]);
const head = [
  'cluster',
  'ServiceAccounts',
  'pods',
  'groups',
  'wall',
  'requests',
  'pages',
  'peak memory',
  'empty',
  'kept',
  'gaps',
];
const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => String(row[at]).length)));
for (const row of [head, ...rows])
  console.log(row.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join('  '));
console.log(`the generator sent ${megabytesSent.toFixed(0)} MB of JSON for one reading`);
console.log(JSON.stringify(results));
