import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POLICY_KINDS, type RefusedCall } from '../../../../shared/estate/snapshot.ts';
import { accessDeniedOf, observing, refusedCall } from '../../../../shared/rules/examples/denied.ts';
import { irsaStatement } from '../../../../shared/rules/examples/estate.ts';
import rule from '../../../../shared/rules/no-missing-permission.ts';
import { judgeBy } from '../../../support/rule-cases.ts';
import { inline, trusting } from '../../../support/rule-estates.ts';

/** The examples are read at 2026-11-22T00:00:00Z. */
const time = fc
  .integer({ min: Date.UTC(2026, 10, 21, 0, 0), max: Date.UTC(2026, 10, 22, 0, 0) })
  .map((at) => new Date(at).toISOString());
const call: fc.Arbitrary<RefusedCall> = fc
  .record({
    last: time,
    service: fc.constantFrom('ec2.amazonaws.com', 's3.amazonaws.com', 'apigateway.amazonaws.com'),
    call: fc.constantFrom('DescribeInstances', 'GetBucketAcl', 'GetRestApis'),
    policy: fc.constantFrom(...POLICY_KINDS),
    explicitDeny: fc.boolean(),
    changed: fc.record({ after: time, before: time }, { requiredKeys: [] }),
  })
  .map((changes) => refusedCall(changes));
/** With or without what AWS's message told. */
const any = fc.tuple(call, fc.boolean(), fc.boolean()).map(([one, named, explained]): RefusedCall => {
  const { action, policy, explicitDeny, ...rest } = one;
  return {
    ...rest,
    ...(named && action !== undefined && { action }),
    ...(explained && policy !== undefined && explicitDeny !== undefined && { policy, explicitDeny }),
  };
});

const deny = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});
/** The verdict of one refusal; the source itself passes. */
function verdictOf(one: RefusedCall, inlinePolicies: readonly { name: string; document: string }[]): string {
  const estate = trusting([irsaStatement()], { role: { inlinePolicies: [...inlinePolicies] } });
  const { failures, undecided, passed } = judgeBy(rule, observing(estate, accessDeniedOf(one)));
  expect(failures.length + undecided.length + passed).toBe(2);
  if (failures.length > 0) return 'fail';
  return undecided.length > 0 ? 'unknown' : 'pass';
}

describe('a refused call', () => {
  it('accuses no role that allows everything', () => {
    fc.assert(
      fc.property(any, (one) => {
        expect(verdictOf(one, [inline('*', '*')])).not.toBe('fail');
      }),
      { numRuns: 200 },
    );
  });

  it('is never sound while the role denies everything, unless what it asks for is not known', () => {
    fc.assert(
      fc.property(any, (one) => {
        const verdict = verdictOf(one, [{ name: 'deny', document: deny }]);
        const isKnown = one.action !== undefined || one.service === 'ec2.amazonaws.com';
        if (isKnown) expect(verdict).toBe('fail');
        else expect(verdict).not.toBe('fail');
      }),
      { numRuns: 200 },
    );
  });

  it('is explained by a change of the policies only when they allow something now', () => {
    fc.assert(
      fc.property(any, (one) => {
        const changed = { ...one, changed: { after: '2026-11-22T00:00:00Z' } };
        expect(verdictOf(changed, [inline('*', '*')])).toBe('pass');
        if (one.action !== undefined) expect(verdictOf(changed, [])).not.toBe('pass');
      }),
      { numRuns: 100 },
    );
  });

  it('is one finding, though AWS did not name the action every time', () => {
    const { action: _, ...unnamed } = refusedCall({ last: '2026-11-21T19:30:00Z' });
    const estate = observing(trusting([irsaStatement()]), accessDeniedOf(refusedCall(), unnamed));
    const { failures } = judgeBy(rule, estate);
    expect(failures.map(({ evidence }) => [evidence['action'], evidence['last']])).toEqual([
      ['ec2:DescribeInstances', '2026-11-21T19:30:00Z'],
    ]);
  });
});
