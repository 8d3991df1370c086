import fc from 'fast-check';
import { expect, it } from 'vitest';
import { admitsAll, proveTrust } from '../../../../shared/changes/trust/prove.ts';
import { compare } from '../../../../shared/iam/compare.ts';
import { parsePolicy } from '../../../../shared/iam/parse.ts';
import { plannedCase } from '../../../support/planned-estates.ts';

const trustOf = (text: string) => parsePolicy(text, 'trust').policy;

it('decides about the statements that concern a change what comparing whole policies decides', () => {
  let compared = 0;
  fc.assert(
    fc.property(plannedCase, plannedCase, (one, other) => {
      const [first, second] = [one, other].map(
        ({ snapshot }) => snapshot.accounts[0]?.roles?.[0]?.trustPolicy ?? '',
      );
      if (first === undefined || second === undefined) throw new Error('unreachable');
      const documents = [first, second].map((text): { Statement: unknown[] } => JSON.parse(text));
      const both = JSON.stringify({
        Version: '2012-10-17',
        Statement: documents.flatMap(({ Statement }) => Statement).slice(0, 4),
      });
      const [old, new_] = [trustOf(first), trustOf(both)];
      if (old === null || new_ === null) return;
      compared += 1;
      const whole = compare(old, new_);
      const gains = 'gained' in whole && whole.gained !== undefined;
      const loses = 'lost' in whole && whole.lost !== undefined;
      const proof = proveTrust({ role: 'arn', before: first, after: both, intended: null });
      if (whole.relation !== 'undecided' && whole.relation !== 'too-complex') {
        expect(proof.adds).toBe(gains);
        expect(proof.removes).toBe(loses);
        expect(admitsAll(both, first)).toBe(!loses);
        expect(admitsAll(first, both)).toBe(!gains);
      }
    }),
    { numRuns: 500 },
  );
  expect(compared).toBeGreaterThan(150);
});
