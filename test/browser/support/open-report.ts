import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, inject } from 'vitest';
import { CHROMIUM_FLAGS } from '../../../scripts/chromium.ts';

/** A report that is open, and everything that should not have happened in it. */
export interface OpenReport {
  readonly page: Page;
  /** Errors, warnings (violations of the policy among them), dialogs, and requests but that of the file itself. */
  readonly problems: readonly string[];
}

let browser: Promise<Browser> | undefined;
const folders: string[] = [];

afterEach(async () => {
  for (const context of (await browser)?.contexts() ?? []) await context.close();
});

afterAll(async () => {
  await (await browser)?.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Writes a report into a file of its own. */
export async function writtenReport(html: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podtrust-report-'));
  folders.push(folder);
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  return file;
}

/** Opens a report from the disk, at a place in it, and waits until it is drawn. */
export async function openReport(
  file: string,
  hash = '',
  options: BrowserContextOptions = {},
): Promise<OpenReport> {
  browser ??= chromium.launch({ executablePath: inject('chromium'), args: CHROMIUM_FLAGS });
  const context = await (await browser).newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const [url] = request.url().split('#');
    if (url !== address) problems.push(`request: ${request.url().slice(0, 200)}`);
  });
  await page.goto(`${address}${hash}`);
  await page.waitForSelector('h1');
  return { page, problems };
}
