import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { stepsOf } from '../../../../shared/findings/lifecycle.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import { chatMessageOf } from '../../../../shared/pipeline/messages/chat.ts';
import { auditOf, findingOf } from '../../../support/findings.ts';

const [step] = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });
const appeared = step!.transition!;

/** Amazon Q Developer in chat applications, administrator guide, "Custom notifications". */
const Chat = z.strictObject({
  version: z.literal('1.0'),
  source: z.literal('custom'),
  id: z.string(),
  content: z.strictObject({
    textType: z.literal('client-markdown'),
    title: z.string(),
    description: z.string().min(1),
    nextSteps: z.array(z.string()).optional(),
    keywords: z.array(z.string()),
  }),
  metadata: z.strictObject({
    threadId: z.string(),
    summary: z.string(),
    eventType: z.string(),
    relatedResources: z.array(z.string()).optional(),
  }),
});

it('has the form of a custom notification, in the thread of its finding', () => {
  const { content, metadata } = Chat.parse(JSON.parse(chatMessageOf(appeared)));
  expect(metadata.threadId).toBe(appeared.finding.fingerprint);
  expect(content.title).toBe('[critical] Anyone can assume the role (new)');
  expect(content.description).toContain('role: `arn:aws:iam::111122223333:role/pods/Payments-API`');
  expect(content.description).toContain('found by a scan');
  expect(content.nextSteps).toEqual(['Name the principals.']);
});

it.each([
  ['a Slack link', '<https://evil.example|AWS console>'],
  ['a Slack mention', '<!channel> <@U012345>'],
  ['a markdown link', '[AWS console](https://evil.example)'],
  ['an image', '![x](https://evil.example/x.png)'],
  ['bold, italics and strikethrough', '*bold* _italics_ ~gone~'],
  ['the end of code', '`@here`'],
  ['a mention', '@here'],
  ['another line', 'x\n# Heading\n> quote'],
  ['a bare link', 'https://evil.example'],
])('%s in a name or sentence is only text', (_name, hostile) => {
  const finding = findingOf({
    rule: 'r',
    title: hostile,
    detail: hostile,
    remedy: hostile,
    cluster: hostile,
  });
  const { content } = Chat.parse(JSON.parse(chatMessageOf({ ...appeared, finding })));
  const sentences = [content.title.replace('[critical]', ''), content.nextSteps![0]!];
  const outsideCode = content.description.replace(/`[^`\n]*`/g, '');
  for (const text of [...sentences, outsideCode]) {
    expect(text).not.toMatch(/[<>[\]*_~`@!|\\]/);
    expect(text).not.toMatch(/:\/|\w\.\w/);
  }
  expect(content.description).not.toMatch(/[<>]/);
  expect(content.description.split('\n').some((line) => /^[#>]/.test(line))).toBe(false);
});

it('is bounded, whatever strangers wrote', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.constantFrom('`'.repeat(9_000), '\u{1F600}'.repeat(9_000), '\u0007'.repeat(9_000), 'a.'.repeat(9_000)),
  );
  const hostile = fc.record({
    title: text,
    detail: text,
    remedy: text,
    cluster: text,
    principal: text,
    role: text,
  });
  fc.assert(
    fc.property(hostile, (change) => {
      const body = chatMessageOf({ ...appeared, finding: findingOf({ ...change, rule: 'r' }) });
      expect(Chat.safeParse(JSON.parse(body)).success).toBe(true);
      expect(Buffer.byteLength(body)).toBeLessThan(32_000);
      expect(body.isWellFormed()).toBe(true);
    }),
    { numRuns: 60 },
  );
});
