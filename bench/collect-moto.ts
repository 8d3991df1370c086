import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { startMoto } from '../scripts/emulators/moto.ts';
import { createClients } from '../shared/aws/clients.ts';
import { DEFAULT_CONCURRENCY } from '../shared/aws/collect-each.ts';
import { parseSnapshot } from '../shared/estate/parse-snapshot.ts';
import type { Snapshot } from '../shared/estate/snapshot.ts';
import type { Measured } from './collection/recorded-request.ts';
import { CLUSTERS, REGION, ROLES, seedMoto } from './collection/seed-moto.ts';
import { minimumRequests } from './minimum-requests.ts';

const run = promisify(execFile);

/** Measured in turn, this often; the medians are compared. */
const ROUNDS = 5;

export interface CollectionResult {
  /** Reading and judging; the reading alone beside it. */
  readonly auditing: Measured & {
    readonly collectingMilliseconds: number;
    readonly collectingMegabytes: number;
    readonly findings: number;
  };
  readonly bare: Measured;
  readonly minimum: number;
  readonly gaps: number;
}

/** Reads a moto server with podtrust and, in the same run, with a bare client that sends the same requests. */
export async function benchCollection(): Promise<CollectionResult> {
  const moto = await startMoto();
  const folder = await mkdtemp(join(tmpdir(), 'podtrust-bench-'));
  const environment = {
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    PATH: process.env['PATH'] ?? '',
  };
  try {
    Object.assign(process.env, environment);
    await seedMoto(createClients());
    const [auditing, bare] = await Promise.all([
      bundled('collecting', folder),
      bundled('bare-client', folder),
    ]);
    const requests = join(folder, 'requests.json');
    const snapshotFile = join(folder, 'snapshot.json');
    const rounds: [CollectionResult['auditing'], Measured][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push([
        await measure(auditing, [requests, snapshotFile], environment),
        await measure(bare, [requests, String(DEFAULT_CONCURRENCY)], environment),
      ]);
    }
    const parsed = parseSnapshot(await readFile(snapshotFile, 'utf8'));
    if ('error' in parsed) throw new Error(parsed.error);
    checkSize(parsed.snapshot);
    return {
      auditing: median(rounds.map(([measured]) => measured)),
      bare: median(rounds.map(([, measured]) => measured)),
      minimum: minimumFor(parsed.snapshot),
      gaps: parsed.snapshot.coverage.length,
    };
  } finally {
    await moto.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** As it is shipped: one bundle, so that type stripping and module resolution are not measured. */
async function bundled(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'collection', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}

async function measure<T extends Measured>(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<T> {
  const { stdout } = await run(process.execPath, [file, ...args], { env, maxBuffer: 1024 * 1024 });
  return JSON.parse(stdout);
}

/** The round whose time is in the middle, with the highest memory of all rounds. */
function median<T extends Measured>(rounds: readonly T[]): T {
  const sorted = rounds.toSorted((a, b) => a.milliseconds - b.milliseconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return { ...middle, megabytes: Math.max(...rounds.map(({ megabytes }) => megabytes)) };
}

function checkSize({ accounts: [account] }: Snapshot): void {
  const clusters = account?.regions?.flatMap((region) => region.clusters ?? []) ?? [];
  const sizes = [account?.roles?.length, clusters.length, account?.oidcProviders?.length];
  if (sizes.join() !== [ROLES, CLUSTERS, CLUSTERS].join()) throw new Error(`read ${sizes.join()} things`);
}

/**
 * The derived minimum for what the server holds. Lists that moto does not implement count as one request each, the one
 * that tells so.
 */
function minimumFor({ accounts: [account] }: Snapshot): number {
  const regions = account?.regions ?? [];
  return minimumRequests({
    // moto answers the bulk read in one page, whatever MaxItems says.
    authorizationDetails: 0,
    oidcProviders: account?.oidcProviders?.length ?? 0,
    regions: regions.length,
    trailRegions: regions.filter(({ clusters = [] }) => clusters.length > 0).length,
    trails: account?.trails?.length ?? 0,
    selectors: account?.trails?.length ?? 0,
    clusters: regions.flatMap(({ name, clusters = [] }) =>
      clusters.map((cluster) => ({
        region: name,
        ...(cluster.authenticationMode && { authenticationMode: cluster.authenticationMode }),
        addons: cluster.addons?.length ?? 0,
        associations: cluster.podIdentityAssociations?.length ?? 0,
        accessEntries: cluster.accessEntries?.length ?? 0,
        identityProviderConfigs: cluster.identityProviderConfigs?.length ?? 0,
        nodegroups: cluster.nodegroups?.length ?? 0,
        fargateProfiles: cluster.fargateProfiles?.length ?? 0,
        capabilities: cluster.capabilities?.length ?? 0,
      })),
    ),
  });
}

/** The result as lines of a table: what, measured, aim, and whether it is met. */
export function collectionRows({ auditing, bare, minimum, gaps }: CollectionResult): readonly string[][] {
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
  const times = (milliseconds: number) => `${(milliseconds / bare.milliseconds).toFixed(2)} ×`;
  const megabytes = (size: number) => `${size.toFixed(0)} MB`;
  const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
  return [
    [
      'requests',
      `${auditing.requests} (derived minimum ${minimum})`,
      '≤ 1.05 × minimum',
      verdict(auditing.requests <= 1.05 * minimum),
    ],
    [
      'wall, read and judged',
      `${seconds(auditing.milliseconds)}, ${times(auditing.milliseconds)} (bare client ${seconds(bare.milliseconds)})`,
      '≤ 2 × bare client',
      verdict(auditing.milliseconds <= 2 * bare.milliseconds),
    ],
    [
      '  of it reading',
      `${seconds(auditing.collectingMilliseconds)}, ${times(auditing.collectingMilliseconds)}`,
      '',
      '',
    ],
    [
      'peak memory',
      `${megabytes(auditing.megabytes)} (bare client ${megabytes(bare.megabytes)})`,
      '≤ 160 MB',
      verdict(auditing.megabytes <= 160),
    ],
    ['  until it was read', megabytes(auditing.collectingMegabytes), '', ''],
    ['findings', `${auditing.findings}`, '', ''],
    ['coverage gaps', `${gaps} (operations that moto lacks)`, '', ''],
  ];
}

if (import.meta.main) {
  const result = await benchCollection();
  console.log(
    `moto server: ${ROLES} roles, ${CLUSTERS} clusters, ${CLUSTERS} OIDC providers; median of ${ROUNDS} rounds`,
  );
  for (const row of collectionRows(result))
    console.log(row.map((cell, at) => cell.padEnd([28, 48, 20, 6][at] ?? 0)).join(''));
  if (collectionRows(result).some((row) => row[3] === 'MISSED')) process.exitCode = 1;
}
