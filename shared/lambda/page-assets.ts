import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageAssets } from '../reports/html/page-assets.ts';

/** Names of the files of a built page in its folder. */
export const SCRIPT_FILE = 'report-page.js';
export const STYLE_FILE = 'report-page.css';

/** Where a function has the built page, beside its code. */
export const PAGE_FOLDER = 'report-page';

/** The page of the HTML report with the hashes that its Content-Security-Policy names. */
export function pageAssets({ script, style }: Pick<PageAssets, 'script' | 'style'>): PageAssets {
  const element = /<\/(script|style)|<!--/i;
  // Neither may end the element that it is put into.
  if (element.test(script) || element.test(style)) throw new UnsafePageError();
  return { script, style, scriptHash: hashSource(script), styleHash: hashSource(style) };
}

/** Reads the page that `node scripts/report-page.ts FOLDER` built. Throws what reading files throws. */
export async function readPageAssets(folder: string): Promise<PageAssets> {
  const [script, style] = await Promise.all(
    [SCRIPT_FILE, STYLE_FILE].map((file) => readFile(join(folder, file), 'utf8')),
  );
  return pageAssets({ script: script ?? '', style: style ?? '' });
}

/** The code of the page would end its own element in HTML. */
export class UnsafePageError extends Error {
  override readonly name = 'UnsafePageError';

  constructor() {
    super(
      'The built page of the HTML report holds "</script", "</style" or "<!--": it cannot be put inline.',
    );
  }
}

function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
