import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { ReportData } from '../shared/reports/html/data.ts';
import { CHROMIUM_FLAGS, haveChromium } from './chromium.ts';

/** Takes the pictures of docs/reports.md from the report that `npm run demo` wrote. */
const REPORT = resolve('podtrust-demo/report.html');
const FOLDER = 'docs/images';

const html = await readFile(REPORT, 'utf8');
const [, json = ''] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html) ?? [];
const { findings }: ReportData = JSON.parse(json);
const broken = findings.find(({ rule }) => rule === 'no-untrusted-association');

const PICTURES = [
  { name: 'report-light', hash: '', colorScheme: 'light', height: 860 },
  { name: 'report-graph', hash: '#view=graph', colorScheme: 'light', height: 760 },
  { name: 'report-dark', hash: `#finding=${broken?.fingerprint}`, colorScheme: 'dark', height: 1000 },
] as const;

const browser = await chromium.launch({ executablePath: haveChromium(), args: CHROMIUM_FLAGS });
await mkdir(FOLDER, { recursive: true });
for (const { name, hash, colorScheme, height } of PICTURES) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1320, height } });
  await page.goto(`${pathToFileURL(REPORT).href}${hash}`);
  await page.waitForSelector('h1');
  // The drawing of the graph is there with the first frame after it.
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await page.close();
}
await browser.close();
