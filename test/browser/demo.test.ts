import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { dataIn } from '../support/html-reports.ts';
import { openReport } from './support/open-report.ts';

const file = join(inject('demo'), 'report.html');
const data = dataIn(readFileSync(file, 'utf8'));

it('opens from the disk, asks for nothing, and says how many findings of which severity there are', async () => {
  const { page, problems } = await openReport(file);
  expect(await page.locator('h1').textContent()).toBe('AWS identity of 6 EKS clusters in 3 accounts');
  const tiles = await page.locator('.tile').allTextContents();
  const { critical = 0, high = 0, medium = 0, low = 0, info = 0 } = data.summary.findings;
  expect(critical).toBeGreaterThan(0);
  expect(tiles).toEqual([
    `${critical}Critical`,
    `${high}High`,
    `${medium}Medium`,
    `${low}Low`,
    `${info}Info`,
    `${data.summary.waived}Accepted`,
    `${data.summary.coverage}Not decided`,
  ]);
  expect(problems).toEqual([]);
});

it('tells over time what the events opened and resolved', async () => {
  const { page, problems } = await openReport(file);
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Over time' }) });
  const open = Object.values(data.summary.findings).reduce((sum, count) => sum + count, 0);
  const [first, second] = await card.locator('p').allTextContents();
  expect(first).toMatch(new RegExp(`^From \\d+ to ${open} findings open, by the history since 22 Nov 2026`));
  expect(second).toMatch(/^\d+ new or reopened and \d+ resolved, 2026-11-22 09:00/);
  await card.getByText('Numbers').first().click();
  await card.getByText('Numbers').last().click();
  const rows = (name: string) => card.getByRole('region', { name }).locator('tbody tr').count();
  expect(await rows('Table of open findings over time')).toBe(data.posture?.points.length);
  expect(await rows('Table of findings opened and resolved')).toBe(data.trend?.points.length);
  expect(problems).toEqual([]);
});

it('leads from a number of the heat map to exactly those findings', async () => {
  const { page, problems } = await openReport(file);
  const cell = page.locator('a.cell').first();
  const [, count = ''] = /^(\d+)/.exec((await cell.getAttribute('aria-label')) ?? '') ?? [];
  await cell.click();
  await page.getByRole('heading', { name: 'Findings', exact: true }).waitFor();
  expect(await page.locator('.row').count()).toBe(Number(count));
  expect(problems).toEqual([]);
});

it('follows a finding to its chain, its plan line by line, and its cause', async () => {
  const broken = data.findings.find(({ rule }) => rule === 'no-untrusted-association');
  const chain = data.chains[broken?.chain ?? -1];
  const { page, problems } = await openReport(file, '#view=findings');
  await page.getByRole('searchbox', { name: 'Search findings' }).fill('payments tagsession');
  await page.locator('.row').nth(1).waitFor({ state: 'detached' });
  await page.locator('.row a').click();
  const detail = page.getByRole('article');
  await expect.poll(() => detail.locator('.step').count()).toBe(chain?.steps.length);
  expect(await detail.locator('.step-reason').textContent()).toContain('sts:TagSession');
  expect(await detail.locator('.line-added').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringContaining('"sts:TagSession"')]),
  );
  expect(await detail.textContent()).toContain(data.plans[broken?.plan ?? -1]?.digest);
  expect(problems).toEqual([]);
});

it('tells who did it, and who got in by it', async () => {
  const widened = data.findings.find(({ rule, life }) => rule === 'no-widened-trust' && life !== undefined);
  const { page, problems } = await openReport(file, `#finding=${widened?.fingerprint}`);
  const detail = page.getByRole('article');
  const facts = await detail.getByRole('heading', { name: 'Cause' }).locator('xpath=..').textContent();
  expect(facts).toContain('UpdateAssumeRolePolicy');
  expect(facts).toMatch(/@example\.com/);
  expect(facts).toMatch(/\d+\.\d+\.\d+\.\d+/);
  expect(await detail.locator('.gained').first().textContent()).toContain('Gets in now');
  expect(problems).toEqual([]);
});

it('draws who gets to what, and says the same in a table', async () => {
  const { page, problems } = await openReport(file, '#view=graph');
  await page.locator('.canvas-area canvas').first().waitFor();
  const drawing = page.getByRole('img', { name: /^Drawing of \d+ nodes/ });
  expect(await drawing.count()).toBe(1);
  const table = page.getByRole('region', { name: 'Table of paths' });
  const before = await table.locator('tbody tr').count();
  expect(before).toBeGreaterThan(3);
  await page.getByLabel('Around').selectOption('*');
  await page.getByRole('heading', { name: 'All paths' }).waitFor();
  await expect.poll(() => table.locator('tbody tr').count()).toBeGreaterThan(before);
  await table.getByRole('link', { name: 'prod-edge-terraform-runner' }).click();
  await page.getByRole('heading', { name: 'Paths through prod-edge-terraform-runner' }).waitFor();
  await expect.poll(() => table.locator('tbody tr').allTextContents()).toHaveLength(1);
  expect(await table.locator('tbody tr').textContent()).toContain('administrator of its account');
  expect(problems).toEqual([]);
});
