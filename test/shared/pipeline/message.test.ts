import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../shared/findings/cause.ts';
import { stepsOf } from '../../../shared/findings/lifecycle.ts';
import type { Transition } from '../../../shared/findings/transition.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { messageOf, messageSchema, snsBody } from '../../../shared/pipeline/message.ts';
import { auditOf, findingOf } from '../../support/findings.ts';

const cause: Cause = {
  eventId: 'c1a7e6b2',
  eventName: 'UpdateAssumeRolePolicy',
  service: 'iam.amazonaws.com',
  time: '2026-11-20T09:14:05.000Z',
  region: 'us-east-1',
  actor: {
    type: 'AssumedRole',
    arn: 'arn:aws:iam::111122223333:role/people/PlatformEngineer',
    session: 'alice@example.com',
  },
  sourceAddress: '203.0.113.24',
};
const causes = [cause];
const [first] = stepsOf([], auditOf(1, { findings: [findingOf()], causes }), { hash: sha256 });
const appeared = first!.transition!;
const [last] = stepsOf([first!.after], auditOf(2, { causes }), { hash: sha256 });
const resolved = last!.transition!;

it('the body is the transition with its text, and the attributes are there to filter by', () => {
  const { json, text, attributes, subject, group, deduplication } = messageOf(appeared);
  expect(messageSchema.parse(JSON.parse(json))).toEqual({ ...appeared, text });
  expect(attributes).toEqual({
    id: appeared.id,
    change: 'new',
    severity: 'critical',
    kind: 'open',
    rule: 'no-public-trust',
    account: '111122223333',
    status: 'open',
  });
  expect(subject).toBe('podtrust new: [critical] Anyone can assume the role (111122223333)');
  expect([group, deduplication]).toEqual([appeared.finding.fingerprint, appeared.id]);
});

it('an email says what, where, who and what to do', () => {
  expect(messageOf(appeared).text).toMatchInlineSnapshot(`
    "[critical] Anyone can assume the role (new)

    It was not there before. Seen at 2026-11-20T09:14:01.000Z.

    Statement 1 trusts everyone.

    Account: 111122223333
    Role: arn:aws:iam::111122223333:role/pods/Payments-API

    Judged after this change:
    - UpdateAssumeRolePolicy (iam.amazonaws.com, us-east-1) at 2026-11-20T09:14:05.000Z
      Who: arn:aws:iam::111122223333:role/people/PlatformEngineer (session alice@example.com)
      From: 203.0.113.24
      Event: c1a7e6b2

    What to do: Name the principals.

    Rule: no-public-trust (PT-101), docs/rules/no-public-trust.md
    Finding: d2a2ff63a90626edd24332a7920b69a1
    Transition: 889d94264c7c6b99267bd8e9a647ba57dd452cac400ed8aa15514bb71aa1759e (step 1)
    "
  `);
});

it('an email about a resolved finding gives nothing to do', () => {
  expect(messageOf(resolved).text).toMatchInlineSnapshot(`
    "[critical] Anyone can assume the role (resolved)

    It is gone. Read at 2026-11-20T09:14:02.000Z. First seen at 2026-11-20T09:14:01.000Z. Below is what it was when it was seen last.

    Statement 1 trusts everyone.

    Account: 111122223333
    Role: arn:aws:iam::111122223333:role/pods/Payments-API

    Gone after this change:
    - UpdateAssumeRolePolicy (iam.amazonaws.com, us-east-1) at 2026-11-20T09:14:05.000Z
      Who: arn:aws:iam::111122223333:role/people/PlatformEngineer (session alice@example.com)
      From: 203.0.113.24
      Event: c1a7e6b2

    Rule: no-public-trust (PT-101), docs/rules/no-public-trust.md
    Finding: d2a2ff63a90626edd24332a7920b69a1
    Transition: adadbb3d48ee73652bc138a84921ed95485985f2c35be41acbb96e0852017b51 (step 2)
    "
  `);
});

it('an email says what a change of the trust policy did', () => {
  const effect = {
    relation: 'widened',
    gained: 'any pod of the cluster\u202e prod',
    before: '2026-11-20T09:00:00.000Z',
  } as const;
  expect(messageOf({ ...appeared, effect }).text).toContain(`
Who may assume the role: more than before (against the state of 2026-11-20T09:00:00.000Z)
- gets in now: any pod of the cluster  prod
`);
});

const before = { status: 'open', severity: 'high' } as const;
it.each<[string, Partial<Transition>]>([
  ['worse', { change: 'changed', before: { ...before, severity: 'low' } }],
  ['better', { change: 'changed', finding: findingOf({ severity: 'low' }), before }],
  ['changed', { change: 'changed', before: { ...before, severity: 'critical' } }],
  ['came back', { change: 'reopened', before: { ...before, status: 'resolved' } }],
  ['no longer waived', { change: 'reopened', before: { ...before, status: 'waived' } }],
  ['waived', { change: 'waived', before }],
  ['resolved', { change: 'resolved', before }],
])('the subject says %s', (word, change) => {
  expect(messageOf({ ...appeared, ...change }).subject).toMatch(new RegExp(`^podtrust ${word}: `));
});

describe('whatever strangers wrote', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.constantFrom(
      '"\\'.repeat(9_000),
      `x${'\u{1F600}'.repeat(9_000)}`,
      '€'.repeat(9_000),
      '\u0007'.repeat(9_000),
      '\ud83d'.repeat(9_000),
      'x\nWho: root',
      '\u202eabc',
    ),
  );
  const worst = '\u0007'.repeat(1_000);
  const bounded = text.map((each) => each.slice(0, 512));
  const strange = fc.record({
    eventName: bounded,
    sourceAddress: bounded,
    eventId: bounded,
    session: bounded,
  });
  const hostile = fc.record({
    detail: text,
    remedy: text,
    role: text,
    title: text,
    cluster: text,
    consequences: fc.array(text, { maxLength: 40 }),
    evidence: fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 60 })), { maxKeys: 60 }),
  });

  it('the message fits, is of the schema, and keeps its lines', () => {
    fc.assert(
      fc.property(hostile, fc.array(strange, { maxLength: 12 }), (change, hostileCauses) => {
        const told: Transition = {
          ...appeared,
          effect: { relation: 'undecided', gained: worst, lost: worst, reason: worst },
          finding: findingOf({ ...change, rule: 'no-public-trust' }),
          causes: hostileCauses.map(({ session, ...each }) => ({
            ...cause,
            ...each,
            actor: { type: 'AssumedRole', session },
          })),
        };
        const message = messageOf(told);
        const attributes = Buffer.byteLength(JSON.stringify(message.attributes)) + 9 * 'String'.length;
        expect(Buffer.byteLength(snsBody(message)) + attributes).toBeLessThanOrEqual(256 * 1024);
        expect(messageSchema.safeParse(JSON.parse(message.json)).success).toBe(true);
        expect(message.subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,99}$/);
        expect(message.text.isWellFormed()).toBe(true);
        expect(message.text.split('\n').filter((line) => line.startsWith('Who:'))).toEqual([]);
        expect(message.text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u);
      }),
      { numRuns: 60 },
    );
  });

  it('the narrowest bounds fit even when everything is as large as it can be', () => {
    const worst = '\u0007'.repeat(9_000);
    const evidence = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`${index}${worst}`, Array<string>(60).fill(worst)]),
    );
    const finding = findingOf({
      rule: 'no-public-trust',
      detail: worst,
      remedy: worst,
      role: worst,
      title: worst,
      evidence,
      consequences: Array<string>(60).fill(worst),
    });
    expect(Buffer.byteLength(snsBody(messageOf({ ...appeared, finding })))).toBeLessThanOrEqual(240 * 1024);
  });
});
