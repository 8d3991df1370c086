import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../shared/changes/plan.ts';
import { repairStore } from '../../shared/changes/repairs/repair-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { openSqliteRecords } from '../../shared/sqlite/records.ts';
import { ACCOUNT, planOf } from '../support/plans.ts';
import { runCli } from '../support/run-cli.ts';
import { stsEndpoint } from '../support/sts-endpoint.ts';

const ALICE = `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`;
const folder = mkdtempSync(join(tmpdir(), 'podtrust-repair-'));
const plan = planOf();
const digest = digestOf(plan, sha256);
let sts: Awaited<ReturnType<typeof stsEndpoint>>;

beforeAll(async () => {
  sts = await stsEndpoint(ALICE, ACCOUNT);
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  }))
    vi.stubEnv(name, value);
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sts.close();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (...argv: string[]) => runCli(argv, { cwd: folder });

describe('on the command line', () => {
  it('a plan is approved by its digest, as who AWS says it is, and the history says so', async () => {
    const approved = await cli('approve', 'plan.json', '--reason', 'looked at it');
    expect(approved).toMatchObject({ code: 0, out: expect.stringContaining(`approved by ${ALICE}`) });
    const all = await cli('history');
    expect(all.out).toContain(digest.slice(0, 20));
    const one = await cli('history', digest, '--output', 'json');
    const { entries, decision, standing } = JSON.parse(one.out);
    expect(standing).toBe('open');
    expect(decision).toMatchObject({ plan: digest, by: { arn: ALICE } });
    expect(entries.map(({ what }: { what: string }) => what)).toEqual(['planned', 'approved']);
    expect((await cli('history', digest)).out).toMatch(/What happened[\s\S]*approved[\s\S]*looked at it/);
  });

  it('a rejection stands', async () => {
    writeFileSync(join(folder, 'other.json'), JSON.stringify(planOf({ title: 'other' })));
    expect((await cli('reject', 'other.json')).code).toBe(0);
    const again = await cli('approve', 'other.json');
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('is rejected by') });
  });

  it('the kill switch is turned and told', async () => {
    expect((await cli('fixes', 'status')).out).toBe('The kill switch is off.\n');
    await cli('fixes', 'stop', '--reason', 'incident 4711');
    expect(await cli('fixes', 'status')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/engaged.*alice.*incident 4711/),
    });
    await cli('fixes', 'resume', '--reason', 'over');
    expect((await cli('fixes', 'status')).code).toBe(0);
  });

  it('a plan that stopped is unlocked by a named person, and no other plan is', async () => {
    const open = await cli('fixes', 'unlock', digest, '--reason', 'x');
    expect(open).toMatchObject({ code: 2, err: expect.stringContaining('only a plan that stopped') });
    const records = openSqliteRecords(join(folder, 'podtrust.repairs.db'));
    const store = repairStore({ records, hash: sha256, now: () => new Date() });
    await store.locks.acquire('key', digest);
    await store.note({ plan: digest, what: 'stopped', reason: 'nobody knows' });
    expect((await cli('fixes', 'unlock', digest, '--reason', 'put back by hand')).code).toBe(0);
    const last = (await store.entries(digest)).at(-1);
    expect(last).toMatchObject({ what: 'unlocked', by: ALICE, reason: 'put back by hand' });
    records.close();
  });

  it('a plan that somebody changed shows its history, not what is kept, and lets go of its targets', async () => {
    const changed = planOf({ title: 'to be changed' });
    const its = digestOf(changed, sha256);
    writeFileSync(join(folder, 'changed.json'), JSON.stringify(changed));
    await cli('approve', 'changed.json');
    const records = openSqliteRecords(join(folder, 'podtrust.repairs.db'));
    const store = repairStore({ records, hash: sha256, now: () => new Date() });
    const kept = await records.read(`plan#${its}`, 'plan');
    await records.write(`plan#${its}`, 'plan', kept!.body.replace('to be changed', 'EVIL'), kept!.version);
    await store.locks.acquire('key of a target', its);
    await store.note({ plan: its, what: 'stopped', reason: 'it was changed' });
    const shown = await cli('history', its);
    expect(shown).toMatchObject({
      code: 0,
      out: expect.stringMatching(/was changed after it was made[\s\S]*stopped/),
    });
    expect(shown.out).not.toContain('EVIL');
    expect(JSON.parse((await cli('history', its, '--output', 'json')).out)).toMatchObject({ plan: null });
    expect((await cli('fixes', 'unlock', its, '--reason', 'put right')).code).toBe(0);
    expect(await store.locks.heldBy(its)).toEqual([]);
    records.close();
  });

  it.each<[string, string[], RegExp]>([
    ['a plan of another digest', ['approve', 'plan.json', '--digest', '0'.repeat(64)], /another plan/],
    ['a digest that is none', ['approve', 'plan.json', '--digest', 'abc'], /64 hexadecimal digits/],
    ['a file that is no plan', ['approve', 'none.json'], /cannot be read/],
    ['an unknown plan', ['history', 'f'.repeat(64)], /No plan f+ is kept/],
    ['nothing to take back', ['rollback', 'f'.repeat(64)], /No plan f+ is kept/],
    ['apply without a digest', ['apply', 'plan.json'], /--digest/],
    ['apply of a snapshot', ['apply', 'plan.json', '--digest', digest, '--snapshot', 'x'], /live AWS/],
    ['apply without fixes', ['apply', 'plan.json', '--digest', digest], /has no "fixes"/],
  ])('refuses %s, and says what to do', async (_name, argv, message) => {
    const result = await cli(...argv);
    expect(result.err).toMatch(message);
    expect(result.code).toBe(2);
  });
});
