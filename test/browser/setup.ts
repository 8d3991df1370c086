import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { haveChromium } from '../../scripts/chromium.ts';
import { writeReportPage } from '../../scripts/report-page.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the browser. */
    readonly chromium: string;
    /** Folder with the built page of the report. */
    readonly page: string;
    /** Folder that the demo wrote into. */
    readonly demo: string;
  }
}

/** Finds or installs the browser, builds the page once, and runs the demo as `npm run demo` does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('chromium', haveChromium());
  const folder = await mkdtemp(join(tmpdir(), 'podtrust-browser-'));
  await writeReportPage(join(folder, 'page'));
  await promisify(execFile)(process.execPath, ['cli/podtrust.mjs', 'demo', '--out', join(folder, 'demo')], {
    maxBuffer: 10_000_000,
  });
  project.provide('page', join(folder, 'page'));
  project.provide('demo', join(folder, 'demo'));
  return () => rm(folder, { recursive: true, force: true });
}
