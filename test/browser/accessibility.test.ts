import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { dataIn } from '../support/html-reports.ts';
import { openReport } from './support/open-report.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const file = join(inject('demo'), 'report.html');
const { findings } = dataIn(readFileSync(file, 'utf8'));
const withPlan = findings.find(({ plan, chain }) => plan !== undefined && chain !== undefined);
const withLife = findings.find(({ rule, life }) => rule === 'no-widened-trust' && life !== undefined);

/** What axe finds, each with the elements. */
async function violations(page: Page): Promise<string[]> {
  // Handed in by the debugger's protocol: the policy of the page keeps scripts of others out.
  await page.evaluate(axe);
  const results: AxeResults = await page.evaluate('axe.run(document)');
  expect(results.passes.length).toBeGreaterThan(15);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

describe.each(['light', 'dark'] as const)('in %s, axe finds nothing wrong', (colorScheme) => {
  it.each([
    ['with the overview', ''],
    ['with the findings', '#view=findings'],
    ['with a finding, its chain and its plan', `#finding=${withPlan?.fingerprint}`],
    ['with a finding and its history', `#finding=${withLife?.fingerprint}`],
    ['with the graph', '#view=graph'],
    ['with what was not decided', '#view=undecided'],
  ])('%s', async (_name, hash) => {
    const { page } = await openReport(file, hash, { colorScheme });
    expect(await violations(page)).toEqual([]);
  });
});

it('axe finds nothing wrong on a narrow screen', async () => {
  const { page } = await openReport(file, `#finding=${withPlan?.fingerprint}`, {
    viewport: { width: 390, height: 800 },
  });
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
