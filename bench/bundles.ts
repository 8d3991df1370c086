import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { BUNDLING } from '../infra/constructs/bundling.ts';

/**
 * Prints the size of each Lambda's bundle, and how long a fresh Node.js takes to load it against a bundle of nothing but
 * the SDK clients that it uses: the cold start that the code itself is to blame for.
 */
const RUNS = 15;
const folder = mkdtempSync(join(tmpdir(), 'podtrust-bundles-'));

/** As the stack bakes them: no clusters, unless told. */
const NONE = 'undefined';
const CHOSEN = JSON.stringify(JSON.stringify([{ cluster: 'prod' }]));

async function bundle(
  name: string,
  entry: string,
  clusters = NONE,
): Promise<{ file: string; inputs: readonly string[] }> {
  const file = join(folder, `${name}.mjs`);
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    metafile: true,
    logLevel: 'error',
    define: {
      'process.env.PODTRUST_KUBERNETES': clusters,
      'process.env.PODTRUST_CLUSTER_WRITES': clusters === NONE ? NONE : '"on"',
    },
    ...BUNDLING,
  });
  return { file, inputs: Object.keys(metafile.inputs) };
}

/** The SDK clients of a bundle, made as the handler makes them. */
function bareEntry(name: string, inputs: readonly string[]): string {
  const clients = new Set(
    inputs.flatMap((input) => /@aws-sdk\/(client-[a-z0-9-]+)\//.exec(input)?.[1] ?? []),
  );
  const entry = join('node_modules', '.cache', `podtrust-bare-${name}.mjs`);
  const lines = [...clients].sort().map((client, at) => `import * as c${at} from '@aws-sdk/${client}';`);
  const uses = [...clients].map((_, at) => `c${at}`).join(', ');
  execFileSync('mkdir', ['-p', join('node_modules', '.cache')]);
  writeFileSync(
    entry,
    `${lines.join('\n')}\nexport const handler = () => [${uses}].map((c) => Object.keys(c).length);\n`,
  );
  return entry;
}

/** Milliseconds that a fresh process takes to load a module, without starting Node.js itself. */
function load(file: string): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t);`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, AWS_REGION: 'us-east-1' },
  });
  return Number(text.trim().split('\n').at(-1));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const rows: (string | number)[][] = [['function', 'raw kB', 'gzip kB', 'load ms', 'bare SDK ms', 'ratio']];
const only = process.argv.slice(2);
const variants = readdirSync('functions')
  .sort()
  .flatMap((name) => [
    { name, folder: name, clusters: NONE },
    ...(name === 'collect' ? [{ name: 'collect, with clusters', folder: name, clusters: CHOSEN }] : []),
  ])
  .filter(({ folder }) => only.length === 0 || only.includes(folder));
for (const { name, folder: function_, clusters } of variants) {
  const own = await bundle(name, join('functions', function_, 'handler.ts'), clusters);
  const bare = await bundle(`${name}-bare`, bareEntry(name, own.inputs));
  const times: { own: number[]; bare: number[] } = { own: [], bare: [] };
  for (let run = 0; run < RUNS; run += 1) {
    times.own.push(load(own.file));
    times.bare.push(load(bare.file));
  }
  const bytes = readFileSync(own.file);
  rows.push([
    name,
    (bytes.length / 1024).toFixed(0),
    (gzipSync(bytes).length / 1024).toFixed(0),
    median(times.own).toFixed(0),
    median(times.bare).toFixed(0),
    (median(times.own) / median(times.bare)).toFixed(2),
  ]);
}
rmSync(folder, { recursive: true, force: true });
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length))) ?? [];
for (const row of rows)
  console.log(row.map((cell, column) => String(cell).padEnd(widths[column] ?? 0)).join('  '));
console.log(JSON.stringify(rows));
