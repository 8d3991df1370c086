import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { dataIn } from '../support/html-reports.ts';
import { openReport } from './support/open-report.ts';

const file = join(inject('demo'), 'report.html');
const data = dataIn(readFileSync(file, 'utf8'));

it('prints posture, every finding with its parts and every path, whatever is on the screen', async () => {
  const { page, problems } = await openReport(file, '#view=graph', { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  await page.getByRole('heading', { name: 'Look at first' }).waitFor();
  expect(await page.locator('.printed-finding').count()).toBe(data.findings.length);
  const text = (await page.locator('main').textContent()) ?? '';
  const missing = data.findings.filter(
    ({ fingerprint, remedy }) => !text.includes(fingerprint) || !text.includes(remedy),
  );
  expect(missing).toEqual([]);
  expect(data.plans.length).toBeGreaterThan(10);
  expect(data.plans.filter(({ digest }) => !text.includes(digest))).toEqual([]);
  expect(await page.getByRole('heading', { name: 'Who gets to what', level: 2 }).count()).toBe(1);
  expect(await page.locator('.head').isVisible()).toBe(false);
  // On paper, dark is light.
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
  expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  await page.emulateMedia({ media: 'screen' });
  await page.locator('.canvas-area').waitFor();
  expect(problems).toEqual([]);
});

it('prints what the filter leaves, and says so', async () => {
  const { page } = await openReport(file, '#view=findings&severity=critical&status=open');
  await page.emulateMedia({ media: 'print' });
  const critical = data.summary.findings.critical ?? 0;
  await page
    .getByText(`${critical} findings of ${data.findings.length}, by the filter of the page`)
    .waitFor();
  await expect.poll(() => page.locator('.printed-finding').count()).toBe(critical);
});
