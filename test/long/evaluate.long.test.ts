import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../shared/iam/compile.ts';
import { decide, evaluate } from '../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../shared/iam/parse.ts';
import { certainRequests, requestFrom, requests, trustPolicies } from '../support/policies.ts';
import { judge } from '../support/reference-evaluator.ts';

/** Policies × requests of each run. */
const POLICIES = 20_000;
const REQUESTS = 50;

describe('a million random cases', () => {
  it('are decided as a second, naive evaluator decides them', () => {
    const found = { allowed: 0, denied: 0, open: 0 };
    for (const text of fc.sample(trustPolicies, POLICIES)) {
      const document = JSON.parse(text);
      const { policy } = parsePolicy(text, 'trust');
      const compiled = compile(policy!);
      for (const random of fc.sample(certainRequests, REQUESTS)) {
        const expected = judge(document, random);
        found[expected]++;
        const actual = decide(compiled, requestFrom(random));
        if (expected !== 'open' && actual !== expected) expect({ text, random, actual }).toBe(expected);
      }
    }
    // Cases that all end the same way would prove nothing.
    expect(found.allowed).toBeGreaterThan(POLICIES * REQUESTS * 0.1);
    expect(found.denied).toBeGreaterThan(POLICIES * REQUESTS * 0.1);
  });

  it('with unknown values are evaluated without a throw, and decided alike', () => {
    const found = { allowed: 0, denied: 0, undecided: 0 };
    for (const text of fc.sample(trustPolicies, POLICIES)) {
      const compiled = compile(parsePolicy(text, 'trust').policy!);
      for (const random of fc.sample(requests, REQUESTS)) {
        const { outcome } = evaluate(compiled, requestFrom(random));
        found[outcome]++;
        if (decide(compiled, requestFrom(random)) !== outcome) expect({ text, random }).toBe(outcome);
      }
    }
    expect(Math.min(found.allowed, found.denied, found.undecided)).toBeGreaterThan(
      POLICIES * REQUESTS * 0.04,
    );
  });
});
