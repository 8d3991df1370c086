import { describe, expect, it } from 'vitest';
import { type Finding, SEVERITIES, type Severity } from '../../../shared/findings/finding.ts';
import { assemble } from '../../../shared/plans/assemble.ts';
import { isForeseen } from '../../../shared/plans/foreseen.ts';
import { estateOf, ROLE_ARN, role } from '../../../shared/rules/examples/estate.ts';
import { contextOf } from '../../support/planning.ts';

const PUBLIC = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }],
});

/** A plan that somebody asked for, which opens a role to everybody, and the finding that it says to expect. */
function opened() {
  const context = contextOf(estateOf({ roles: [role()] }));
  const known = context.estate.roleByArn.get(ROLE_ARN);
  if (known === undefined) throw new Error('no role');
  const { trustPolicy: before } = known.role;
  const target = { account: known.account.id, arn: ROLE_ARN };
  const plan = assemble(
    {
      kind: 'draft',
      title: 'Open it.',
      wish: 'nobody',
      changes: [{ kind: 'trust-policy', target, before, after: PUBLIC }],
    },
    [],
    context,
  );
  const note = plan.notes.find((one) => one.startsWith('Expect no-public-trust '));
  const [, fingerprint = '', severity = ''] = /\((\w+), (\w+)\)/.exec(note ?? '') ?? [];
  return { plan, fingerprint, severity };
}

describe('what a plan that was asked for tells to expect', () => {
  const { plan, fingerprint, severity } = opened();
  const told = SEVERITIES.findIndex((one) => one === severity);
  const found = (changes: Partial<Finding>) =>
    ({ rule: 'no-public-trust', fingerprint, severity, ...changes }) as Finding;

  it('is told with its severity', () => {
    expect(told).toBeGreaterThanOrEqual(0);
    expect(isForeseen(found({}), plan)).toBe(true);
  });

  it.each<[string, Partial<Finding>]>([
    ['another rule’s', { rule: 'no-mixed-trust' }],
    ['another place’s', { fingerprint: `${fingerprint}0` }],
  ])('is not %s', (_name, other) => {
    expect(isForeseen(found(other), plan)).toBe(false);
  });

  it.each<[Severity, Severity, boolean]>([
    ['medium', 'low', true],
    ['medium', 'medium', true],
    ['medium', 'high', false],
    ['high', 'critical', false],
    ['critical', 'high', true],
  ])('told as %s, found as %s: foreseen %s', (expected, real, answer) => {
    const notes = [`Expect no-public-trust (${fingerprint}, ${expected}) afterwards: everybody gets in`];
    expect(isForeseen(found({ severity: real }), { notes })).toBe(answer);
  });
});
