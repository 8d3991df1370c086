import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../shared/findings/finding.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { LostClaimError } from '../../../shared/pipeline/errors.ts';
import { type Message, messageOf } from '../../../shared/pipeline/message.ts';
import { findingNotice, noticeSchema } from '../../../shared/pipeline/notice.ts';
import { notify, type Tidings } from '../../../shared/pipeline/notify.ts';
import { evaluationOf, memoryClaims, silent } from '../../support/pipeline.ts';

const finding: Finding = {
  fingerprint: 'f1',
  rule: 'no-public-trust',
  number: 'PT-115',
  kind: 'open',
  severity: 'critical',
  status: 'open',
  account: '111122223333',
  role: 'arn:aws:iam::111122223333:role/pods/payments-api',
  title: 'Anyone can assume the role',
  detail: 'Statement 1 allows everyone.',
  evidence: { statement: 1 },
  consequences: ['The role can administer the account.'],
  remedy: 'Name the principals.',
};

/** SNS API reference, Publish: all forms together, with their escapes. */
function sizeOnTheWire({ json, text }: Message): number {
  return Buffer.byteLength(JSON.stringify({ default: json, email: text }));
}

async function published(tidings: Tidings, kept = new Map<string, string>()) {
  const messages: Message[] = [];
  const publish = async (message: Message) => void messages.push(message);
  const outcome = await notify({
    claims: memoryClaims(kept),
    topic: { publish },
    telemetry: silent,
    hash: sha256,
  })(evaluationOf(), tidings);
  return { messages, outcome };
}

describe('a finding', () => {
  const notice = findingNotice(evaluationOf(), finding, sha256);

  it('is published as JSON of the schema, with attributes to filter by', async () => {
    const { messages, outcome } = await published({ key: 'k' }, new Map([['k', JSON.stringify([notice])]]));
    expect(outcome).toEqual({ published: 1 });
    const [message] = messages;
    expect(noticeSchema.parse(JSON.parse(message?.json ?? ''))).toEqual(notice);
    expect(message?.attributes).toEqual({
      id: notice.id,
      type: 'finding',
      account: '111122223333',
      status: 'open',
      severity: 'critical',
      kind: 'open',
      rule: 'no-public-trust',
    });
    expect(message?.subject).toBe('podtrust critical: Anyone can assume the role (111122223333)');
  });

  it('reads well in an email', () => {
    expect(notice.text).toMatchInlineSnapshot(`
      "[critical] Anyone can assume the role

      Statement 1 allows everyone.
      - The role can administer the account.

      Account: 111122223333
      Role: arn:aws:iam::111122223333:role/pods/payments-api

      Judged after UpdateAssumeRolePolicy at 2026-11-20T09:14:05.000Z
      Who: arn:aws:iam::111122223333:role/people/PlatformEngineer (session alice@example.com)
      From: 203.0.113.24
      Event: c1a7e6b2

      What to do: Name the principals.
      Rule: no-public-trust (PT-115)
      "
    `);
  });

  it('keeps its id when it is told again', () => {
    expect(findingNotice(evaluationOf(), finding, sha256).id).toBe(notice.id);
    expect(findingNotice(evaluationOf({ name: 'another' }), finding, sha256).id).not.toBe(notice.id);
  });

  it('fits into the topic and keeps its lines, whatever strangers wrote', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40, unit: 'binary' }),
      fc.constantFrom('"\\'.repeat(9_000), '\u{1F600}'.repeat(9_000), '€'.repeat(9_000), 'x\nWho: root'),
    );
    const hostile = fc.record({
      ...Object.fromEntries(Object.entries(finding).map(([key, value]) => [key, fc.constant(value)])),
      detail: text,
      remedy: text,
      role: text,
      title: text,
      consequences: fc.array(text, { maxLength: 40 }),
      evidence: fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 40 }))),
    });
    fc.assert(
      fc.property(hostile, (each) => {
        const told = findingNotice(evaluationOf(), each as unknown as Finding, sha256);
        const message = messageOf(told);
        if (sizeOnTheWire(message) > 256 * 1024) throw new Error(`${sizeOnTheWire(message)} bytes`);
        expect(message.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        expect(told.text.split('\n').filter((line) => line.startsWith('Who:'))).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

it.each<[string, string | undefined, string]>([
  [
    'a Lambda',
    '{"errorType":"TypeError","errorMessage":"x is not a function","trace":["at secret"]}',
    'x is not a function',
  ],
  ['anything else', 'it took too long\nand longer', 'it took too long'],
  ['nothing said', undefined, 'States.Timeout'],
])('a failure of %s is published as a blind notice, without its stack', async (_name, Cause, said) => {
  const { messages } = await published({ failure: { Error: 'States.Timeout', Cause } });
  expect(messages).toHaveLength(1);
  expect(messages[0]?.attributes).toMatchObject({ type: 'blind', kind: 'blind', severity: 'high' });
  expect(messages[0]?.text).toContain('could not judge the role payments-api in account 111122223333');
  expect(messages[0]?.text).toContain(said);
  expect(messages[0]?.text).not.toMatch(/secret|and longer/);
});

it.each<[string, Map<string, string>]>([
  ['are gone', new Map()],
  ['are no notices', new Map([['k', '[{"type":"finding"}]']])],
  ['are no JSON', new Map([['k', '[']])],
])('notices that %s are an error, not silence', async (_name, kept) => {
  await expect(published({ key: 'k' }, kept)).rejects.toThrow(LostClaimError);
});
