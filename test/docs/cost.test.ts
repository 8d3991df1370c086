import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountOf } from '../../bench/organization/account.ts';
import { planOf } from '../../bench/organization/distribution.ts';
import orgScan from '../../infra/workflows/org-scan.asl.json' with { type: 'json' };
import reevaluate from '../../infra/workflows/reevaluate.asl.json' with { type: 'json' };
import { ASSUMPTIONS, MEGABYTES, month, privateClusters, repair } from '../../scripts/docs/cost/model.ts';
import { costOf, sum } from '../../scripts/docs/cost/prices.ts';
import { scanTurns } from '../../scripts/docs/cost/scan-turns.ts';
import { transitions } from '../../scripts/docs/cost/transitions.ts';
import { costGuide } from '../../scripts/docs/cost-guide.ts';

it('docs/cost.md says what the model says', async () => {
  await expect(costGuide()).toMatchFileSnapshot('../../docs/cost.md');
});

describe('the model', () => {
  it('has the memory that the stack gives its functions', () => {
    const stack = readFileSync(
      join(import.meta.dirname, '../../infra/constructs/pipeline-functions.ts'),
      'utf8',
    );
    for (const [folder, megabytes] of Object.entries(MEGABYTES)) {
      const [, spec = ''] = stack.split(`folder: '${folder}',`);
      const [, own] = /megabytes: (\d+)/.exec(spec.split('\n  },')[0] ?? '') ?? [];
      expect(Number(own ?? 256), folder).toBe(megabytes);
    }
  });

  it('counts the states that an execution enters', () => {
    const turn = (others: number) =>
      transitions(reevaluate, {
        choices: { 'What next': 'Collect' },
        items: { 'Collect the accounts it hangs on': others },
      });
    // Begin, what next, collect, resolve, the map, evaluate, settle, done; and one for each other account.
    expect([turn(0), turn(3)]).toEqual([8, 11]);
    expect(transitions(reevaluate, { choices: { 'What next': 'Done' } })).toBe(3);
    const scan = (accounts: number, regions: number, judged: number) =>
      transitions(orgScan, {
        choices: { 'Is there a pace to set': 'Pace set' },
        items: { 'Collect each account': accounts, 'Collect regions': regions, 'Judge accounts': judged },
      });
    expect(scan(10, 0, 0) - scan(0, 0, 0)).toBe(40);
    expect(scan(10, 2, 0) - scan(10, 0, 0)).toBe(20);
    expect(scan(10, 0, 10) - scan(10, 0, 0)).toBe(20);
    // Begin, plan, what next, wait, approved, apply, applied, verify, done; and the evaluation after it.
    expect(repair().stateTransition).toBe(9 + turn(ASSUMPTIONS.othersPerTurn));
  });

  it('counts the turns of the loop that sets the pace of a scan: none where all accounts are begun at once', () => {
    const turns = (accounts: number) => scanTurns(accounts, 40, 4);
    expect([1, 4].map(turns)).toEqual([0, 0]);
    const [few = 0, many = 0] = [100, 10_000].map(turns);
    expect(few).toBeGreaterThan(0);
    expect(many).toBeGreaterThan(few);
    // The longer a scan takes, the rarer they are: far fewer than accounts.
    expect(many).toBeLessThan(400);
  });

  it('refuses to guess the way through a state machine', () => {
    expect(() => transitions(reevaluate, {})).toThrow('where does What next go?');
    expect(() => transitions(orgScan, {})).toThrow('how many items has Collect each account?');
    expect(() =>
      transitions(orgScan, { items: { 'Collect each account': 1, 'Collect regions': 0 } }),
    ).toThrow('where does Is there a pace to set go?');
  });

  it('keeps as much of an account as it has in the organization of the benchmark', () => {
    const bytes = Array.from({ length: 300 }, (_, index) => JSON.stringify(accountOf(planOf(index))).length);
    const mean = bytes.reduce((all, one) => all + one, 0) / bytes.length;
    expect(mean / 1e6).toBeCloseTo(ASSUMPTIONS.snapshotMegabytes, 2);
  });

  it('has as many regions with clusters as the organization of the benchmark', () => {
    const regions = Array.from(
      { length: 1000 },
      (_, index) => new Set(planOf(index).clusters.map(({ region }) => region)).size,
    );
    const mean = regions.reduce((all, one) => all + one, 0) / regions.length;
    expect(Math.abs(mean - ASSUMPTIONS.regionsWithClusters)).toBeLessThan(0.05);
  });

  it('counts a VPC by its hours, whoever reads from it, and by what is read', () => {
    const hours = ASSUMPTIONS.natGateways * 30 * 24;
    expect(privateClusters(10)).toEqual({
      natGatewayHour: hours,
      publicAddressHour: hours,
      natGigabyte: 10 * ASSUMPTIONS.natGigabytesPerAccount,
    });
  });

  it('grows with accounts, apart from what a stack costs to which nothing happens', () => {
    const dollars = (accounts: number) => {
      const { idle, events, scans, kept } = month(accounts);
      const of = (usage: Parameters<typeof costOf>[0]) =>
        Object.values(costOf(usage)).reduce((all, one) => all + one, 0);
      return { idle: of(idle), rest: of(sum(events, scans, kept)) };
    };
    expect(dollars(10_000).idle).toBe(dollars(1).idle);
    expect(dollars(10_000).rest / dollars(1_000).rest).toBeCloseTo(10, 1);
  });
});
