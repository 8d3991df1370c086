import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { writeReportPage } from './report-page.ts';

/**
 * Builds the installable command: one bundled JavaScript file for plain Node.js ≥ 22.19 with a manifest of its own and
 * the page of the HTML report, packed as `dist/podtrust-<version>.tgz`.
 */
const folder = 'dist/podtrust';

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await build({
  entryPoints: ['cli/packed.ts'],
  outdir: folder,
  entryNames: 'podtrust',
  chunkNames: 'chunks/[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'node',
  target: 'node22.19',
  format: 'esm',
  // jsonc-parser's CommonJS build asks for its files at run time; its ES modules can be bundled.
  mainFields: ['module', 'main'],
  // CommonJS dependencies that ask for Node's own modules need a require in an ES module.
  banner: {
    js: "import { createRequire as podtrustRequire } from 'node:module'; const require = podtrustRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await writeReportPage(`${folder}/report-page`);
await writeFile(
  `${folder}/package.json`,
  `${JSON.stringify(
    {
      name: manifest.name,
      version: manifest.version,
      description: manifest.description,
      license: manifest.license,
      type: 'module',
      bin: { podtrust: 'podtrust.mjs' },
      engines: { node: '>=22.19' },
      files: ['podtrust.mjs', 'chunks', 'report-page'],
    },
    null,
    2,
  )}\n`,
);
await chmod(`${folder}/podtrust.mjs`, 0o755);
for (const file of ['README.md', 'LICENSE']) await copyFile(file, `${folder}/${file}`);
const tarball = execFileSync('npm', ['pack', '--silent', '--pack-destination', '..'], {
  cwd: folder,
  encoding: 'utf8',
}).trim();
process.stdout.write(`dist/${tarball.split('\n').at(-1)}\n`);
