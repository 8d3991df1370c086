import { beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../shared/findings/finding.ts';
import type { Step } from '../../shared/findings/lifecycle.ts';
import { FindingConflictError, recordAudit } from '../../shared/findings/record-audit.ts';
import type { FindingScope } from '../../shared/findings/scope.ts';
import type { ScopeAudit } from '../../shared/findings/scope-audit.ts';
import type { FindingStore } from '../../shared/findings/store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { ACCOUNT, auditOf, findingOf, ROLE, ROLE_SCOPE } from './findings.ts';

export const recordOptions = { hash: sha256, pause: async () => {} };

export const record = (store: FindingStore, audit: ScopeAudit) => recordAudit(store, audit, recordOptions);

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  return Array.fromAsync(items);
}

const ACCOUNT_SCOPE: FindingScope = { kind: 'account', account: ACCOUNT };

/** Everything that a store shows of an account, but for what only remembers audits. */
async function contents(store: FindingStore) {
  return { findings: await store.findingsOf(ACCOUNT_SCOPE), unpublished: await all(store.listUnpublished()) };
}

async function told(store: FindingStore): Promise<string[]> {
  return (await all(store.listUnpublished())).map(({ change, finding }) => `${change} ${finding.rule}`);
}

/** What every store of findings promises; `open` gives an empty one. */
export function findingStoreSuite(open: () => Promise<FindingStore>): void {
  let store: FindingStore;
  beforeEach(async () => {
    store = await open();
  });

  const finding = findingOf();
  const other = findingOf({ rule: 'no-missing-subject' });

  describe('a store of findings', () => {
    it('keeps a finding through its life and every step until it is published', async () => {
      const audits = [[finding], [finding], [], [findingOf({ severity: 'low' })]];
      for (const [second, findings] of audits.entries()) await record(store, auditOf(second, { findings }));
      const steps = await all(store.listUnpublished());
      expect(steps.map(({ change, sequence }) => [change, sequence])).toEqual([
        ['new', 1],
        ['resolved', 2],
        ['reopened', 3],
      ]);
      expect(await store.findingsOf(ROLE_SCOPE)).toMatchObject([
        { finding: { severity: 'low', status: 'open' }, sequence: 3, firstSeen: '2026-11-20T09:14:00.000Z' },
      ]);
    });

    it('forgets the mark of what was published, and nothing else', async () => {
      await record(store, auditOf(1, { findings: [finding, other] }));
      const before = await store.findingsOf(ROLE_SCOPE);
      const [first] = await all(store.listUnpublished());
      await store.markPublished(first!.id, new Date('2026-11-20T09:15:00Z'));
      await store.markPublished(first!.id, new Date('2026-11-20T09:16:00Z'));
      await store.markPublished('no such transition', new Date('2026-11-20T09:16:00Z'));
      expect((await all(store.listUnpublished())).map(({ id }) => id)).not.toContain(first!.id);
      expect(await all(store.listUnpublished())).toHaveLength(1);
      expect(await store.findingsOf(ROLE_SCOPE)).toEqual(before);
    });

    it('is not changed by the same audit again', async () => {
      const audit = auditOf(1, { findings: [finding, other], doubts: [{ where: { account: ACCOUNT } }] });
      expect(await record(store, audit)).toHaveLength(2);
      const once = await contents(store);
      expect(await record(store, audit)).toEqual([]);
      expect(await contents(store)).toEqual(once);
    });

    it('lists what is open, of one account or of all', async () => {
      const elsewhere = findingOf({ account: '999999999999', role: 'arn:aws:iam::999999999999:role/x' });
      await record(store, auditOf(1, { findings: [finding, other] }));
      await record(store, auditOf(2, { findings: [findingOf({ status: 'waived' })] }));
      const scope: FindingScope = { kind: 'account', account: '999999999999' };
      await record(store, auditOf(2, { scope, findings: [elsewhere] }));
      const listed = async (account?: string) =>
        (await all(store.listOpen(account)))
          .map((each) => [each.finding.account, each.finding.status])
          .sort();
      expect(await listed()).toEqual([
        [ACCOUNT, 'waived'],
        ['999999999999', 'open'],
      ]);
      expect(await listed(ACCOUNT)).toEqual([[ACCOUNT, 'waived']]);
      expect(await listed('000000000000')).toEqual([]);
    });

    const cluster = { region: 'eu-west-1', cluster: 'shop' };
    const pod = { namespace: 'pay"ments', serviceAccount: 'api' };
    const foreign = 'arn:aws:iam::999999999999:role/Payments-API';
    const places: [string, Partial<Finding>][] = [
      ['role', {}],
      ['role-in-cluster', cluster],
      ['pod', { ...cluster, ...pod }],
      ['foreign-role', { ...cluster, role: foreign }],
      ['other-cluster', { ...cluster, cluster: 'shop2' }],
      ['other-region', { ...cluster, region: 'eu-west-2' }],
    ];

    it.each<[string, FindingScope, string[]]>([
      ['account', ACCOUNT_SCOPE, places.map(([name]) => name)],
      [
        'role, in any case',
        { kind: 'role', account: ACCOUNT, role: 'PAYMENTS-api' },
        ['role', 'role-in-cluster', 'pod', 'other-cluster', 'other-region'],
      ],
      ['role of another name', { kind: 'role', account: ACCOUNT, role: 'payments' }, []],
      ['role whose account holds none', { kind: 'role', account: '999999999999', role: 'payments-api' }, []],
      [
        'cluster',
        { kind: 'cluster', account: ACCOUNT, ...cluster },
        ['role-in-cluster', 'pod', 'foreign-role'],
      ],
      ['ServiceAccount', { kind: 'service-account', account: ACCOUNT, ...cluster, ...pod }, ['pod']],
    ])('finds what lies in one %s', async (_name, scope, expected) => {
      const findings = places.map(([rule, place]) => findingOf({ rule, ...place }));
      await record(store, auditOf(1, { scope: ACCOUNT_SCOPE, findings }));
      const found = (await store.findingsOf(scope)).map((stored) => stored.finding.rule);
      expect(found.sort()).toEqual([...expected].sort());
      await record(store, auditOf(2, { scope }));
      const left = (await all(store.listOpen())).map((stored) => stored.finding.rule);
      expect(left.sort()).toEqual(
        places
          .map(([name]) => name)
          .filter((name) => !expected.includes(name))
          .sort(),
      );
    });

    it('takes more findings at once than one transaction holds', async () => {
      const findings = Array.from({ length: 70 }, (_, index) => {
        const role = `arn:aws:iam::${ACCOUNT}:role/role-${index}`;
        return findingOf({ role, evidence: { text: 'ü'.repeat(index % 10 === 0 ? 40_000 : 10) } });
      });
      const scope = ACCOUNT_SCOPE;
      expect(await record(store, auditOf(1, { scope, findings }))).toHaveLength(70);
      expect(await all(store.listOpen(ACCOUNT))).toHaveLength(70);
      expect(await record(store, auditOf(2, { scope }))).toHaveLength(70);
      expect(await all(store.listOpen(ACCOUNT))).toEqual([]);
      expect(new Set((await all(store.listUnpublished())).map(({ id }) => id)).size).toBe(140);
    });
  });

  describe('an audit that arrives late', () => {
    it.each<[string, FindingScope, FindingScope]>([
      ['of the same role', ROLE_SCOPE, ROLE_SCOPE],
      ['of the account, after one of the role', ROLE_SCOPE, ACCOUNT_SCOPE],
      ['of the role, after one of the account', ACCOUNT_SCOPE, ROLE_SCOPE],
    ])('%s changes nothing', async (_name, newer, older) => {
      await record(store, auditOf(1, { findings: [other] }));
      await record(store, auditOf(5, { scope: newer, findings: [other] }));
      const before = await contents(store);
      expect(await record(store, auditOf(3, { scope: older, findings: [finding] }))).toEqual([]);
      expect(await contents(store)).toEqual(before);
    });

    it('is heard where the newer one was in doubt, and only there', async () => {
      const doubts = [{ rule: finding.rule, where: { account: ACCOUNT, role: ROLE } }];
      await record(store, auditOf(5, { doubts }));
      await record(store, auditOf(3, { findings: [finding, other] }));
      expect(await told(store)).toEqual([`new ${finding.rule}`]);
    });

    it('does not resolve what the newer one saw in spite of its doubts', async () => {
      await record(store, auditOf(1, { findings: [finding] }));
      await record(store, auditOf(5, { findings: [finding], doubts: [{ where: { account: ACCOUNT } }] }));
      expect(await record(store, auditOf(3))).toEqual([]);
    });
  });

  describe('when something fails', () => {
    const first = auditOf(1, { findings: [finding, other] });

    /** The store with one `commit` replaced. */
    const faulty = (commit: FindingStore['commit']): FindingStore => {
      let used = false;
      return {
        ...store,
        commit: (steps, memories) => {
          if (used) return store.commit(steps, memories);
          used = true;
          return commit(steps, memories);
        },
      };
    };

    it.each<[string, (steps: readonly Step[]) => readonly Step[]]>([
      ['before it writes', () => []],
      ['after one of two findings', (steps) => steps.slice(0, 1)],
      ['after it wrote and before anybody published', (steps) => steps],
    ])('a crash %s is made good by running again', async (_name, part) => {
      const crashing = faulty(async (steps, memories) => {
        await store.commit(part(steps), memories);
        throw new Error('crash');
      });
      await expect(record(crashing, first)).rejects.toThrow('crash');
      await record(store, first);
      expect((await told(store)).sort()).toEqual([`new ${other.rule}`, `new ${finding.rule}`].sort());
    });

    it('a commit that another writer overtakes is thought over', async () => {
      const overtaken = faulty(async (steps, memories) => {
        await record(store, auditOf(2, { findings: [finding] }));
        return store.commit(steps, memories);
      });
      expect(await record(overtaken, first)).toEqual([]);
      expect(await told(store)).toEqual([`new ${finding.rule}`]);
    });

    it.each([
      ['the same audit twice at once', 1],
      ['two audits at once', 2],
    ])('%s leave each step once', async (_name, second) => {
      const twin = auditOf(second, { findings: [finding, other] });
      const written = (await Promise.all([record(store, first), record(store, twin)])).flat();
      expect(written.map(({ id }) => id).sort()).toEqual(
        (await all(store.listUnpublished())).map(({ id }) => id).sort(),
      );
      expect((await told(store)).sort()).toEqual([`new ${other.rule}`, `new ${finding.rule}`].sort());
    });

    it('a commit that rests on a finding, or on the memory of a scope, that is no more is refused', async () => {
      const refused = { outcome: 'conflict', transitions: [] };
      await record(store, auditOf(1, { findings: [other] }));
      let held: Parameters<FindingStore['commit']> | null = null;
      const holding = faulty(async (...args) => {
        held = args;
        throw new Error('held');
      });
      const resolving = auditOf(2);
      await expect(record(holding, resolving)).rejects.toThrow('held');
      await record(store, auditOf(2, { name: 'z', scope: ACCOUNT_SCOPE, findings: [other] }));
      expect(await store.commit(...held!)).toEqual(refused);
      expect(await all(store.listOpen(ACCOUNT))).toHaveLength(1);
      await record(store, auditOf(3));
      expect(await store.commit(...held!)).toEqual(refused);
      const memories = await store.memories([ROLE_SCOPE]);
      const [memory] = memories.values();
      expect(await store.remember(ROLE_SCOPE, memory!)).toBe('conflict');
      expect(await store.remember(ROLE_SCOPE, { ...memory!, version: 1 })).toBe('conflict');
      expect(await store.remember(ACCOUNT_SCOPE, { ...memory!, version: memory!.version + 9 })).toBe(
        'conflict',
      );
    });

    it('an audit that is overtaken without end says so', async () => {
      const hopeless = { ...store, commit: async () => ({ outcome: 'conflict', transitions: [] }) as const };
      await expect(record(hopeless, first)).rejects.toThrow(FindingConflictError);
    });
  });
}
