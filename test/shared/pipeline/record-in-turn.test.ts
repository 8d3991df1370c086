import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../shared/findings/finding.ts';
import type { ScopeAudit } from '../../../shared/findings/scope-audit.ts';
import type { StoredFinding } from '../../../shared/findings/stored.ts';
import type { Transition } from '../../../shared/findings/transition.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { recordInTurn } from '../../../shared/pipeline/record-in-turn.ts';
import { openSqliteStore, type SqliteStore } from '../../../shared/sqlite/finding-store.ts';
import { requestOf } from '../../support/pipeline.ts';

const account = '111122223333';
const [cause] = requestOf().causes;

const finding = (fingerprint: string, change: Partial<Finding> = {}): Finding => ({
  fingerprint,
  rule: 'no-public-trust',
  number: 'PT-121',
  kind: 'open',
  severity: 'high',
  status: 'open',
  account,
  role: `arn:aws:iam::${account}:role/${fingerprint}`,
  title: 't',
  detail: 'd',
  evidence: {},
  consequences: [],
  remedy: 'r',
  ...change,
});

/** An audit in which the findings whose names begin with `mine` come from the turn's events. */
function auditOf(minute: number, findings: readonly Finding[]): ScopeAudit {
  return {
    name: `turn-${minute}`,
    readAt: `2026-11-20T09:${String(minute).padStart(2, '0')}:00.000Z`,
    scope: { kind: 'account', account },
    findings,
    doubts: [],
    causes: [],
    causesFor: ({ fingerprint }) => (fingerprint.startsWith('mine') && cause !== undefined ? [cause] : []),
  };
}

interface World {
  readonly store: SqliteStore;
  readonly looked: string[];
}

const world = (): World => ({ store: openSqliteStore(':memory:'), looked: [] });

async function record({ store, looked }: World, audit: ScopeAudit, overtaken = false): Promise<string[]> {
  const stored: readonly StoredFinding[] = await store.findingsOf(audit.scope);
  const transitions = await recordInTurn(audit, {
    store,
    stored,
    partition: 'aws',
    hash: sha256,
    pause: async () => {},
    findCause: async ({ fingerprint }) => {
      looked.push(fingerprint);
      return { outcome: 'none' };
    },
    isOvertaken: async () => overtaken,
  });
  return transitions.map(
    ({ change, finding: { fingerprint }, causes, lastChange }: Transition) =>
      `${change} ${fingerprint} ${causes.length > 0 ? 'event' : (lastChange?.outcome ?? 'unasked')}`,
  );
}

describe('an audit', () => {
  it('whose findings are all of its events asks CloudTrail nothing', async () => {
    const here = world();
    expect(await record(here, auditOf(1, [finding('mine')]))).toEqual(['new mine event']);
    expect(here.looked).toEqual([]);
  });

  it('tells what events are behind first, then what was found on the way, with what CloudTrail knows', async () => {
    const here = world();
    const all = [finding('a'), finding('mine'), finding('b')];
    expect(await record(here, auditOf(1, all))).toEqual(['new mine event', 'new a none', 'new b none']);
    expect(await record(here, auditOf(2, all))).toEqual([]);
  });

  it('looks up ten findings and says of the others that it did not', async () => {
    const here = world();
    const many = Array.from({ length: 12 }, (_, n) => finding(`f${n}`));
    const told = await record(here, auditOf(1, many));
    expect(told.filter((each) => each.endsWith('not-looked-up'))).toHaveLength(2);
    expect(here.looked).toHaveLength(10);
  });

  it('run twice writes nothing the second time', async () => {
    const here = world();
    const audit = auditOf(1, [finding('mine'), finding('a')]);
    await record(here, audit);
    expect(await record(here, audit)).toEqual([]);
  });
});

describe('while a later turn is under way in the account', () => {
  it('what no event is behind is left to it: new, changed and gone', async () => {
    const here = world();
    await record(here, auditOf(1, [finding('gone'), finding('other'), finding('mine-gone')]));
    const later = [finding('other', { severity: 'critical' }), finding('fresh'), finding('mine')];
    expect((await record(here, auditOf(2, later), true)).sort()).toEqual([
      'new mine event',
      'resolved mine-gone event',
    ]);
    expect((await record(here, auditOf(3, later))).sort()).toEqual([
      'changed other unasked',
      'new fresh none',
      'resolved gone unasked',
    ]);
  });
});
