import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compare } from '../../shared/iam/compare.ts';
import { compile } from '../../shared/iam/compile.ts';
import { decide } from '../../shared/iam/evaluate.ts';
import { somePolicy, someRequest } from '../shared/iam/policies.ts';
import { outcomeOf } from '../shared/iam/trust.ts';

/** Pairs × calls: a million random cases. */
const PAIRS = 10_000;
const CALLS = 100;

it('a million random calls find no difference that the comparison denies, and every witness holds', () => {
  const calls = fc.sample(someRequest, CALLS * 20);
  const seen = { gained: 0, lost: 0 };
  fc.sample(fc.tuple(somePolicy, somePolicy), PAIRS).forEach(([before, after], pair) => {
    const comparison = compare(before, after);
    const [old, now] = [compile(before), compile(after)];
    for (let call = 0; call < CALLS; call++) {
      const request = calls[(pair * CALLS + call) % calls.length]!;
      const outcomes = `${decide(old, request)} then ${decide(now, request)}`;
      const difference =
        outcomes === 'denied then allowed' ? 'gained' : outcomes === 'allowed then denied' ? 'lost' : null;
      if (difference === null) continue;
      seen[difference]++;
      const found =
        difference in comparison || comparison.relation === 'undecided' || 'lossUndecided' in comparison;
      if (!found) expect({ before, after, caller: request.caller, comparison }).toBe(difference);
    }
    for (const [which, expected] of [
      ['gained', ['denied', 'allowed']],
      ['lost', ['allowed', 'denied']],
    ] as const) {
      const witness = which in comparison ? (comparison as Record<string, unknown>)[which] : undefined;
      if (witness === undefined) continue;
      const known = witness as Parameters<typeof outcomeOf>[1];
      if (known.assuming.length === 0)
        expect([outcomeOf(before, known), outcomeOf(after, known)]).toEqual(expected);
    }
  });
  // Calls that no pair tells apart would prove nothing.
  expect(seen.gained).toBeGreaterThan(PAIRS);
  expect(seen.lost).toBeGreaterThan(PAIRS);
});
