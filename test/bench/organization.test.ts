import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountOf } from '../../bench/organization/account.ts';
import { holdingsOf, KINDS, planOf } from '../../bench/organization/distribution.ts';
import { parseSnapshot } from '../../shared/estate/parse-snapshot.ts';

describe('the organization of the benchmark', () => {
  it('has the shares that its distribution says, in every hundred accounts', () => {
    const names = Array.from({ length: 100 }, (_, index) => planOf(500 + index).kind.name);
    for (const { name, share } of KINDS) expect(names.filter((one) => one === name)).toHaveLength(share);
  });

  it('has accounts that a snapshot may hold, with what was planned in them', () => {
    for (const index of [0, 1, 2, 3, 4, 5, 27, 99]) {
      const plan = planOf(index);
      const account = accountOf(plan);
      const snapshot = {
        schemaVersion: 1,
        takenAt: '2026-11-22T12:00:00Z',
        accounts: [account],
        coverage: [],
      };
      expect(parseSnapshot(JSON.stringify(snapshot))).toHaveProperty('snapshot');
      expect(account.roles).toHaveLength(plan.roles + 1);
      expect(account.oidcProviders).toHaveLength(plan.clusters.length);
      expect(holdingsOf(plan).clusters).toHaveLength(plan.clusters.length);
    }
  });

  it('is read in virtual time with few calls more than the minimum, and without a gap', () => {
    const script = join(import.meta.dirname, '../../bench/organization.ts');
    const printed = execFileSync(process.execPath, [script, '--accounts', '6', '--at-once', '4'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    const result = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ accounts: 6, regions: 17, gaps: 0, mostAtWork: 4 });
    expect(result.calls).toBeGreaterThanOrEqual(result.minimum);
    expect(result.calls / result.minimum).toBeLessThan(1.1);
    expect(result.virtualSeconds).toBeGreaterThan(10);
  });
});
