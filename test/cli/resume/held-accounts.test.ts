import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldAccounts } from '../../../cli/resume/held-accounts.ts';
import { scratchAt } from '../../../cli/resume/scratch.ts';
import type { Account } from '../../../shared/estate/snapshot.ts';

let parent: string;
let path: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'podtrust-held-'));
  path = join(parent, 'scratch');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const account = (id: string, name = id): Account => ({ id, partition: 'aws', name });
const [A, B, C] = ['111111111111', '222222222222', '333333333333'];

/** The run keeps A for the next one, and nothing else. */
const resume = {
  isKept: (id: string) => id === A,
  keptOf: async (id: string) => (id === A ? account(A, 'kept') : null),
};

describe('accounts of a run', () => {
  it('stay in memory as long as they are few, and no folder is made', async () => {
    const held = heldAccounts(
      resume,
      scratchAt(() => path),
      1_000_000,
    );
    await Promise.all([A, B, C].map((id) => held.put(account(id))));
    expect(await Promise.all([A, B, C].map(held.get))).toEqual([A, B, C].map((id) => account(id)));
    expect(existsSync(path)).toBe(false);
  });

  it('go to files when they are many: what is kept is there already, and what was put anew is not what was kept', async () => {
    const scratch = scratchAt(() => path);
    const held = heldAccounts(resume, scratch, 10);
    await Promise.all([A, B, C].map((id) => held.put(account(id))));
    expect(readdirSync(path).sort()).toEqual([`${B}.json.gz`, `${C}.json.gz`]);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, `${B}.json.gz`)).mode & 0o777).toBe(0o600);
    expect(await held.get(A)).toEqual(account(A, 'kept'));
    expect(await held.get(B)).toEqual(account(B));
    await held.put(account(A, 'observed'));
    expect(await held.get(A)).toEqual(account(A, 'observed'));
    expect(await held.get('444444444444')).toBeUndefined();
    scratch.remove();
    expect(existsSync(path)).toBe(false);
  });

  it('are told as texts of so many bytes', async () => {
    const held = heldAccounts(
      resume,
      scratchAt(() => path),
      1_000_000,
    );
    expect(await held.put(account(A))).toBe(JSON.stringify(account(A)).length);
  });
});

it('lines come back whole, whatever ends of lines are in them, as often as one likes', async () => {
  const scratch = scratchAt(() => path);
  const lines = [JSON.stringify({ name: 'a\u2028b\u2029c\r\nd' }), '', 'x'.repeat(700_000), '{"ü":"日本"}'];
  const read = await scratch.spill(lines);
  expect(await Array.fromAsync(read())).toEqual(lines);
  expect(await Array.fromAsync(read())).toEqual(lines);
  scratch.remove();
});
