import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageAssets, readPageAssets, SCRIPT_FILE } from '../shared/lambda/page-assets.ts';
import type { PageAssets } from '../shared/reports/html/page-assets.ts';

/** Where the packed command has the built page: beside its file or, seen from its chunks, one folder up. */
const PACKED = ['report-page', '../report-page'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** The page of the HTML report: as packed, or in a clone built from its sources. Throws what esbuild throws. */
export async function reportPage(): Promise<PageAssets> {
  const folder = PACKED.find((one) => existsSync(join(one, SCRIPT_FILE)));
  if (folder !== undefined) return readPageAssets(folder);
  // Known by its address only, so that a bundle of the command leaves it, and esbuild, out.
  const script = new URL('../scripts/report-page.ts', import.meta.url).href;
  const { buildReportPage }: typeof import('../scripts/report-page.ts') = await import(script);
  return pageAssets(await buildReportPage());
}
