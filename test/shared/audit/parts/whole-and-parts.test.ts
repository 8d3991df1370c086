import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../../shared/config/config.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import { canonicalSnapshot } from '../../../../shared/estate/write-snapshot.ts';
import { rules } from '../../../../shared/rules/index.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';
import { auditInParts } from '../../../support/in-parts.ts';
import { apart, mixedOrganization, specimens } from '../../../support/mixed-organizations.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Every account is a batch of its own, and nearly nothing is held. */
const LEAST = { weight: 0, things: 2 };

describe('an organization judged in parts', () => {
  it('is the demo organization judged at once', async () => {
    const snapshot = canonicalSnapshot({ ...demoSnapshot(), organization: { complete: true } });
    const options = { config: { ...defaultConfig, bindings: [] }, hash };
    const whole = audit(buildEstate(snapshot), options);
    expect(whole.findings.length).toBeGreaterThan(50);
    expect(await auditInParts(snapshot, options, LEAST)).toEqual(whole);
  });

  it.each(rules.map((rule) => [rule.name, rule] as const))('is the examples of %s', async (_, rule) => {
    for (const { snapshot, config } of Object.values(rule.examples())) {
      const options = { config: { ...defaultConfig, ...config }, hash };
      const canonical = canonicalSnapshot(snapshot);
      expect(await auditInParts(canonical, options, LEAST)).toEqual(audit(buildEstate(canonical), options));
    }
  });

  it.each(rules.map((rule) => [rule.name, rule] as const))(
    'is the examples of %s with its roles in another account',
    async (_, rule) => {
      for (const { snapshot, config = {} } of Object.values(rule.examples())) {
        const split = apart({ snapshot, config });
        const options = { config: { ...defaultConfig, ...split.config }, hash };
        const canonical = canonicalSnapshot(split.snapshot);
        expect(await auditInParts(canonical, options, LEAST)).toEqual(audit(buildEstate(canonical), options));
      }
    },
  );

  it('is the same at once, in batches and one by one, however accounts hang on each other', async () => {
    const all = specimens();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(all.length - 1), { minLength: 2, maxLength: 7 }),
        fc.nat(),
        fc.constantFrom(0, 30_000, 1_000_000),
        async (indexes, seed, weight) => {
          const { snapshot, config } = mixedOrganization(
            indexes.flatMap((index) => all[index] ?? []),
            seed,
          );
          const options = { config, hash };
          const whole = audit(buildEstate(snapshot), options);
          expect(await auditInParts(snapshot, options, { weight, things: 3 })).toEqual(whole);
        },
      ),
      { numRuns: Number(process.env['PARTS_RUNS'] ?? 60) },
    );
  });
});
