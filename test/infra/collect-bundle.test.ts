import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { BUNDLING } from '../../infra/constructs/bundling.ts';
import { bakedClusters } from '../../shared/kube/deployed-reader.ts';

/** Packages in a function's bundle, as the stack makes it. */
async function packagesOf(folder: string, clusters: string, writes = 'undefined'): Promise<Set<string>> {
  const { metafile } = await build({
    entryPoints: [`functions/${folder}/handler.ts`],
    bundle: true,
    write: false,
    platform: 'node',
    metafile: true,
    logLevel: 'error',
    define: {
      'process.env.PODTRUST_KUBERNETES': clusters,
      'process.env.PODTRUST_CLUSTER_WRITES': writes,
    },
    outfile: 'handler.mjs',
    ...BUNDLING,
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(used.map(([file]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file));
}

const OWN = ['@kubernetes/client-node', 'undici', '@aws-sdk/client-ec2', 'shared/kube/reader.ts'];

it.each(['collect', 'verify'])('%s has the Kubernetes client where clusters are chosen', async (folder) => {
  const chosen = JSON.stringify(bakedClusters([{ cluster: 'prod' }]));
  const packages = await packagesOf(folder, chosen);
  for (const one of OWN) expect(packages).toContain(one);
});

it('collect-account, which reads no cluster, has it nowhere', async () => {
  const chosen = JSON.stringify(bakedClusters([{ cluster: 'prod' }]));
  const packages = await packagesOf('collect-account', chosen, '"on"');
  expect(packages).toContain('@aws-sdk/client-eks');
  for (const one of [...OWN, 'shared/kube/deployed-reader.ts']) expect(packages).not.toContain(one);
});

it.each(['begin', 'collect', 'collect-region', 'evaluate', 'triage'])(
  '%s has it not where none is',
  async (folder) => {
    const packages = await packagesOf(folder, 'undefined');
    expect(packages.size).toBeGreaterThan(10);
    for (const one of OWN) expect(packages).not.toContain(one);
  },
);

it.each(['apply', 'roll-back'])(
  '%s has it where clusters may be written, and not where none may',
  async (folder) => {
    const writing = await packagesOf(folder, 'undefined', '"on"');
    for (const one of ['@kubernetes/client-node', 'undici']) expect(writing).toContain(one);
    const others = await packagesOf(folder, 'undefined');
    for (const one of OWN) expect(others).not.toContain(one);
  },
);
