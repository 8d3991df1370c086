import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixExample } from '../../scripts/docs/fix-example.ts';
import { fixIndex, fixPage } from '../../scripts/docs/fix-page.ts';
import { rules } from '../../shared/rules/index.ts';

const guarded = rules.filter(({ fix }) => fix === 'guarded');

/** Rules whose example only people put right: lost text of aws-auth, a provider of a cluster that nobody read. */
const WITHOUT_PLAN = ['no-unknown-provider', 'no-invalid-aws-auth'];

describe('the pages of the repairs', () => {
  it('are listed, and there is none without a rule that has a planner', async () => {
    await expect(fixIndex(guarded)).toMatchFileSnapshot('../../docs/fixes/README.md');
    const pages = readdirSync(new URL('../../docs/fixes/', import.meta.url));
    expect(pages.filter((name) => name !== 'README.md').sort()).toEqual(
      guarded.map(({ name }) => `${name}.md`).sort(),
    );
  });

  it.each(guarded.map((rule) => [rule.name, rule] as const))('%s is up to date', async (name, rule) => {
    await expect(fixPage(rule)).toMatchFileSnapshot(`../../docs/fixes/${name}.md`);
  });

  it.each(guarded.map((rule) => [rule.name, rule] as const))(
    '%s shows a plan, or says why there is none',
    (name, rule) => {
      const { plan, declined } = fixExample(rule);
      expect(plan === null).toBe(WITHOUT_PLAN.includes(name));
      if (plan === null) expect(declined.join(' ').length).toBeGreaterThan(40);
      else expect(plan.blockers).toEqual([]);
    },
  );
});
