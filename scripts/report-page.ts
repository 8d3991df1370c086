import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { SCRIPT_FILE, STYLE_FILE } from '../shared/lambda/page-assets.ts';

const PAGE = join(import.meta.dirname, '../shared/reports/html/page');

/**
 * Bundles the page of the HTML report from its sources: one script and one style, for browsers of the last years.
 * Throws what esbuild throws.
 */
export async function buildReportPage(): Promise<{ readonly script: string; readonly style: string }> {
  const { outputFiles } = await build({
    entryPoints: ['main.tsx', 'page.css'].map((file) => join(PAGE, file)),
    outdir: 'page',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'inline',
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfigRaw: '{}',
    logLevel: 'warning',
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
}

/** Writes the built page into a folder, where `readPageAssets` finds it. */
export async function writeReportPage(folder: string): Promise<void> {
  const { script, style } = await buildReportPage();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, SCRIPT_FILE), script);
  await writeFile(join(folder, STYLE_FILE), style);
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Say into which folder: node scripts/report-page.ts FOLDER');
  await writeReportPage(folder);
}
