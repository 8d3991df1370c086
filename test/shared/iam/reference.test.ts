import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { always, certainRequests, requestFrom, trustPolicies } from '../../support/policies.ts';
import { judge } from '../../support/reference-evaluator.ts';

describe('a second, naive evaluator', () => {
  it('comes to the same decision wherever the documentation gives one', () => {
    always(
      1500,
      fc.property(trustPolicies, certainRequests, (text, random) => {
        const expected = judge(JSON.parse(text), random);
        fc.pre(expected !== 'open');
        const { policy } = parsePolicy(text, 'trust');
        expect(policy).not.toBeNull();
        expect(decide(compile(policy!), requestFrom(random))).toBe(expected);
      }),
    );
  });
});
