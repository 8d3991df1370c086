import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { snapshotSchema } from '../../../shared/estate/snapshot.ts';
import type { Example, Rule } from '../../../shared/rules/define-rule.ts';
import { pipelineRules } from '../../../shared/rules/evented/index.ts';
import { rules } from '../../../shared/rules/index.ts';
import { pipelineRuleDoc, ruleDoc, ruleIndex } from '../../../shared/rules/rule-doc.ts';
import { wholeScope } from '../../../shared/rules/scope.ts';

const root = new URL('../../../', import.meta.url);
const judgeExample = (rule: Rule, { snapshot, config }: Example) =>
  rule.judge(wholeScope(buildEstate(snapshot), { ...defaultConfig, ...config }));

const all = [...rules, ...pipelineRules].sort((a, b) => (a.number < b.number ? -1 : 1));

describe('the registry', () => {
  it('holds every rule file of the folder', () => {
    const files = readdirSync(new URL('shared/rules/', root)).filter((name) =>
      /^(no|use)-.*\.ts$/.test(name),
    );
    expect(rules.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  });

  it('gives each number and each name once', () => {
    expect(new Set(all.map(({ number }) => number)).size).toBe(all.length);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('is in the order of the numbers', () => {
    expect(rules.map(({ number }) => number)).toEqual(rules.map(({ number }) => number).sort());
  });

  it('is listed in the docs, and the docs have no page without a rule', async () => {
    await expect(ruleIndex(all)).toMatchFileSnapshot('../../../docs/rules/README.md');
    const pages = readdirSync(new URL('docs/rules/', root)).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(all.map(({ name }) => `${name}.md`).sort());
  });
});

describe.each(rules.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  it('has a number of the form PT-000 and a name that begins with no- or use-', () => {
    expect(rule.number).toMatch(/^PT-[0-5]\d\d$/);
    expect(name).toMatch(/^(no|use)-[a-z]+(-[a-z]+)*$/);
  });

  it('says what, why, what to do and where AWS says so', () => {
    expect(rule.title.length).toBeGreaterThan(10);
    expect(rule.why.length).toBeGreaterThan(40);
    expect(rule.remedy.length).toBeGreaterThan(10);
    expect(rule.references.length).toBeGreaterThan(0);
    for (const address of rule.references)
      expect(address).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html$/);
  });

  it('has a page that is up to date', async () => {
    await expect(ruleDoc(rule)).toMatchFileSnapshot(`../../../docs/rules/${name}.md`);
  });

  // ruleCases wants a case of each verdict: pass, fail, unknown and not applicable.
  it('has a table of cases of its own', () => {
    const text = readFileSync(new URL(`test/shared/rules/${name}.test.ts`, root), 'utf8');
    expect(text).toContain(`import rule from '../../../shared/rules/${name}.ts'`);
    expect(text).toMatch(/^ruleCases\(\s*rule,\s*\[/m);
  });

  it('has examples that are estates', () => {
    const { fails, passes } = rule.examples();
    for (const { snapshot } of [fails, passes])
      expect(snapshotSchema.safeParse(snapshot).error).toBeUndefined();
  });

  it('fails its failing example exactly once, with a repair and a planner if and only if it is guarded', () => {
    const { failures, undecided } = judgeExample(rule, rule.examples().fails);
    expect(undecided).toEqual([]);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.detail.length).toBeGreaterThan(20);
    expect(failures[0]?.repair !== null).toBe(rule.fix === 'guarded');
    expect(failures[0]?.draft !== null).toBe(rule.fix === 'guarded');
  });

  it('is silent about its passing example', () => {
    expect(judgeExample(rule, rule.examples().passes)).toMatchObject({ failures: [], undecided: [] });
  });
});

describe.each(pipelineRules.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  it('has a page that is up to date', async () => {
    await expect(pipelineRuleDoc(rule)).toMatchFileSnapshot(`../../../docs/rules/${name}.md`);
  });
});
