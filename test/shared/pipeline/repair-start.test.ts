import { describe, expect, it } from 'vitest';
import { type Config, configSchema } from '../../../shared/config/config.ts';
import { stepsOf } from '../../../shared/findings/lifecycle.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { Repair } from '../../../shared/pipeline/repair/repair.ts';
import { startRepairs } from '../../../shared/pipeline/repair/start.ts';
import { openSqliteStore } from '../../../shared/sqlite/finding-store.ts';
import { ACCOUNT, auditOf, findingOf } from '../../support/findings.ts';

const FIXABLE = { rule: 'no-malformed-subject' };

/** What is started for findings of one account under a configuration. */
async function started(config: Config, finding: object, hours = 1): Promise<readonly Repair[]> {
  const store = openSqliteStore(':memory:');
  const steps = stepsOf([], auditOf(1, { findings: [findingOf(finding)] }), { hash: sha256 });
  await store.commit(steps, new Map());
  const changed = Date.parse(steps[0]?.after.lastChanged ?? '');
  const repairs: Repair[] = [];
  const run = startRepairs({
    store,
    config,
    hash: sha256,
    now: () => new Date(changed + hours * 3_600_000),
    telemetry: { count: () => undefined, note: () => undefined },
    remediations: {
      start: async (repair) => {
        repairs.push(repair);
        return 'started';
      },
    },
  });
  const read = [
    { account: '999988887777', key: 'other' },
    { account: ACCOUNT, key: 'own' },
  ];
  await run(read);
  await run(read);
  store.close();
  return repairs;
}

const fixes = (value: object) => configSchema.parse({ fixes: value });

describe('an evaluation starts a repair', () => {
  it('of an open finding that can be fixed, under the same name however often, with its own account first', async () => {
    const [first, again] = await started(fixes({}), FIXABLE);
    expect(first).toMatchObject({ account: ACCOUNT, snapshots: ['own', 'other'] });
    expect(again).toEqual(first);
    expect(first?.name).toMatch(/^[\w-]{1,80}$/);
  });

  it('again under other names, one, four and twelve hours after its last step, and not in between', async () => {
    const names: (string | undefined)[] = [];
    for (const hours of [0, 0.9, 1, 3.9, 4, 11.9, 12, 24])
      names.push((await started(fixes({}), FIXABLE, hours))[0]?.name);
    const distinct = [...new Set(names)];
    expect(names.map((name) => distinct.indexOf(name))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(distinct).not.toContain(undefined);
  });

  it('where a tag or a cluster that is not known yet may allow it', async () => {
    const settings = [{ roleTag: { key: 'team', value: 'shop' }, mode: 'approve' }];
    expect(await started(fixes({ mode: 'off', settings }), FIXABLE)).toHaveLength(2);
  });

  it.each<[string, Config, object, number]>([
    ['without fixes', configSchema.parse({}), FIXABLE, 1],
    ['in mode off', fixes({ mode: 'off' }), FIXABLE, 1],
    ['where the rule has no planner', fixes({}), { rule: 'no-admin-pod-role' }, 1],
    ['where the finding is waived', fixes({}), { ...FIXABLE, status: 'waived' }, 1],
    ['where it is older than a day', fixes({}), FIXABLE, 25],
    ['under an exception', fixes({ exceptions: [{ account: ACCOUNT, reason: 'x' }] }), FIXABLE, 1],
  ])('never %s', async (_name, config, finding, hours) => {
    expect(await started(config, finding, hours)).toEqual([]);
  });
});
