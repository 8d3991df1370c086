import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { ReportFinding } from '../../shared/reports/html/data.ts';
import { dataIn } from '../support/html-reports.ts';
import { openReport } from './support/open-report.ts';

const file = join(inject('demo'), 'report.html');
const { findings } = dataIn(readFileSync(file, 'utf8'));
const open = findings.filter(({ status }) => status === 'open');

describe('filters', () => {
  it.each<[string, string, (finding: ReportFinding) => boolean]>([
    ['severities', 'severity=critical,low', ({ severity }) => severity === 'critical' || severity === 'low'],
    ['the status', 'status=resolved', ({ status }) => status === 'resolved'],
    ['a rule', 'rule=no-orphan-provider', ({ rule }) => rule === 'no-orphan-provider'],
    ['an account', 'account=314159265358', ({ account }) => account === '314159265358'],
    ['a cluster', 'cluster=161803398874/prod-data', ({ cluster }) => cluster === 'prod-data'],
    ['words', 'q=PT-204%20edge', ({ number }) => number === 'PT-204'],
    [
      'several of them',
      'severity=high&cluster=161803398874/prod-shop&status=open',
      (one) => one.severity === 'high' && one.cluster === 'prod-shop' && one.status === 'open',
    ],
  ])('narrow to %s from the address', async (_name, hash, keep) => {
    const { page, problems } = await openReport(file, `#view=findings&${hash}`);
    const wanted = findings.filter(keep);
    expect(wanted.length).toBeGreaterThan(0);
    expect(await page.getByRole('status').textContent()).toBe(
      `${wanted.length} of ${findings.length} findings`,
    );
    expect(await page.locator('.row-title').allTextContents()).toEqual(
      wanted.slice(0, 50).map(({ title }) => title),
    );
    expect(problems).toEqual([]);
  });

  it('go into the address, which brings them back', async () => {
    const { page } = await openReport(file, '#view=findings');
    await page.getByRole('checkbox', { name: 'Critical' }).check({ force: true });
    await page.getByLabel('Status').selectOption('open');
    await page.getByRole('searchbox', { name: 'Search findings' }).fill('prod-edge');
    await expect.poll(() => page.url()).toContain('q=prod-edge');
    const shown = await page.locator('.row-title').allTextContents();
    expect(shown).toHaveLength(1);
    const again = await openReport(file, new URL(page.url()).hash);
    expect(await again.page.locator('.row-title').allTextContents()).toEqual(shown);
    await again.page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => again.page.getByRole('status').textContent()).toBe(`${findings.length} findings`);
  });
});

describe('a link to a finding', () => {
  it('opens it, with the focus on its heading', async () => {
    const [first] = open;
    const { page, problems } = await openReport(file, `#finding=${first?.fingerprint}`);
    const heading = page.getByRole('heading', { level: 2, name: first?.title ?? '' });
    await expect.poll(() => heading.evaluate((node) => node === document.activeElement)).toBe(true);
    expect(problems).toEqual([]);
  });

  it('says so when the report has none of that fingerprint', async () => {
    const { page } = await openReport(file, '#finding=0000');
    expect(await page.getByRole('alert').textContent()).toContain('no finding 0000');
  });

  it('can be gone back from, as the browser does', async () => {
    const { page } = await openReport(file);
    await page.locator('.worst a').first().click();
    await page.getByRole('article').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Look at first' }).waitFor();
  });
});

it('is walked through with the keyboard alone', async () => {
  const { page, problems } = await openReport(file);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  const tabTo = async (text: string | RegExp) => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      const now = await focused();
      if (typeof text === 'string' ? now === text : text.test(now)) return;
    }
    throw new Error(`no way to ${text} with Tab`);
  };
  await tabTo('Skip to content');
  await tabTo(/^Findings/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Findings', exact: true }).waitFor();
  const titles = await page.locator('.row-title').allTextContents();
  const [first = '', second = ''] = titles;
  const id = await page.locator('.row-title').nth(1).getAttribute('id');
  expect(new Set([first, second]).size).toBe(2);
  await tabTo(second);
  await page.keyboard.press('Enter');
  await page.getByRole('article').waitFor();
  await expect.poll(focused).toBe(second);
  await page.keyboard.press('Escape');
  await page.getByRole('article').waitFor({ state: 'detached' });
  // The focus is where it came from, so that the walk goes on.
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(id);
  await page.keyboard.press('Shift+Tab');
  await expect.poll(focused).toBe(first);
  expect(problems).toEqual([]);
});

it('has light and dark, as the system has it and as the reader wants', async () => {
  const { page, problems } = await openReport(file, '', { colorScheme: 'dark' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  // The page draws a choice a moment after the click.
  await page.getByText('Light', { exact: true }).click();
  await expect.poll(background).not.toBe(dark);
  const light = await background();
  await page.getByText('System', { exact: true }).click();
  await expect.poll(background).toBe(dark);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(background).toBe(light);
  expect(problems).toEqual([]);
});
