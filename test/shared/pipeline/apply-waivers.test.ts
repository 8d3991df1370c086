import { beforeEach, describe, expect, it } from 'vitest';
import { recordAudit } from '../../../shared/findings/record-audit.ts';
import type { FindingStore } from '../../../shared/findings/store.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { applyWaivers } from '../../../shared/pipeline/apply-waivers.ts';
import { openSqliteStore } from '../../../shared/sqlite/finding-store.ts';
import type { Waiver } from '../../../shared/waivers/waiver.ts';
import { auditOf, findingOf, ROLE_SCOPE } from '../../support/findings.ts';
import { silent } from '../../support/pipeline.ts';

const accepted: Waiver = {
  rule: 'no-public-trust',
  owner: 'o',
  reason: 'r',
  ticket: 't',
  expires: '2026-11-20',
};
const finding = findingOf();
let store: FindingStore;

const record = (second: number, status: 'open' | 'waived' = 'open') =>
  recordAudit(store, auditOf(second, { findings: [{ ...finding, status }] }), {
    hash: sha256,
    pause: async () => {},
  });

const apply = (now: string, waivers: readonly Waiver[] = [accepted], to = store) =>
  applyWaivers({
    waivers: { list: async () => waivers },
    store: to,
    telemetry: silent,
    mostDays: 365,
    hash: sha256,
    now: () => new Date(now),
  })();

const stored = async () => (await store.findingsOf(ROLE_SCOPE))[0];
const told = async () =>
  (await Array.fromAsync(store.listUnpublished())).map(({ change, id }) => ({ change, id }));

beforeEach(() => {
  store = openSqliteStore(':memory:');
});

describe('what is stored follows the waivers', () => {
  it('when one begins, and again when it has ended, each told once', async () => {
    await record(1);
    expect(await apply('2026-11-20T23:00:00Z')).toEqual({ waived: 1, reopened: 0, conflicts: 0 });
    expect(await apply('2026-11-20T23:30:00Z')).toEqual({ waived: 0, reopened: 0, conflicts: 0 });
    expect((await stored())?.finding).toMatchObject({ status: 'waived', waiver: { owner: 'o' } });
    expect(await apply('2026-11-21T00:00:00Z')).toEqual({ waived: 0, reopened: 1, conflicts: 0 });
    expect(await apply('2026-11-21T01:00:00Z')).toEqual({ waived: 0, reopened: 0, conflicts: 0 });
    expect((await stored())?.finding).toEqual(finding);
    expect((await told()).map(({ change }) => change)).toEqual(['new', 'waived', 'reopened']);
    expect(new Set((await told()).map(({ id }) => id)).size).toBe(3);
  });

  it('when one is taken back', async () => {
    await record(1, 'waived');
    expect(await apply('2026-11-20T10:00:00Z', [])).toMatchObject({ reopened: 1 });
  });

  it('and an audit that was read before still resolves what it decides', async () => {
    await record(1);
    await apply('2026-11-20T23:00:00Z');
    await recordAudit(store, auditOf(2), { hash: sha256, pause: async () => {} });
    expect((await stored())?.finding.status).toBe('resolved');
  });

  it('but resolved findings stay resolved', async () => {
    await record(1);
    await recordAudit(store, auditOf(2), { hash: sha256, pause: async () => {} });
    expect(await apply('2026-11-20T10:00:00Z')).toEqual({ waived: 0, reopened: 0, conflicts: 0 });
  });

  it('leaves what somebody else wrote meanwhile to the next run', async () => {
    await record(1);
    const raced: FindingStore = {
      ...store,
      commit: async (steps, memories) => {
        await recordAudit(store, auditOf(3, { findings: [findingOf({ severity: 'low' })] }), {
          hash: sha256,
          pause: async () => {},
        });
        return store.commit(steps, memories);
      },
    };
    expect(await apply('2026-11-20T10:00:00Z', [accepted], raced)).toEqual({
      waived: 0,
      reopened: 0,
      conflicts: 1,
    });
    expect(await apply('2026-11-20T10:00:00Z')).toMatchObject({ waived: 1 });
  });

  it('changes nothing when the waivers cannot be read', async () => {
    await record(1, 'waived');
    const failing = applyWaivers({
      waivers: { list: async () => Promise.reject(new Error('throttled')) },
      store,
      telemetry: silent,
      mostDays: 365,
      hash: sha256,
      now: () => new Date(),
    });
    await expect(failing()).rejects.toThrow('throttled');
    expect((await stored())?.finding.status).toBe('waived');
  });
});
