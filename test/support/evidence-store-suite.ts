import { beforeEach, describe, expect, it } from 'vitest';
import { type Evidence, pairOf } from '../../shared/evidence/record.ts';
import { type EvidenceStore, MOST_PAIRS } from '../../shared/evidence/store.ts';
import { webDenial } from '../../shared/rules/examples/denied.ts';
import { ACCOUNT } from '../../shared/rules/examples/estate.ts';

const denial = (subject: string, last = '2026-11-21T19:00:00.000Z'): Evidence => ({
  kind: 'web-denial',
  of: webDenial({ subject, last }),
});

/** What every store of observations promises; `open` gives an empty one. */
export function evidenceStoreSuite(open: () => Promise<EvidenceStore>): void {
  describe('a store of observations', () => {
    let store: EvidenceStore;
    beforeEach(async () => {
      store = await open();
    });

    it('knows nothing of an account that was never observed', async () => {
      expect(await store.all(ACCOUNT)).toEqual({ evidence: [], since: null, fullDays: [] });
      expect(await store.find(ACCOUNT, pairOf(denial('a')))).toBeNull();
    });

    it('finds a pair as it was put last, in its own account alone', async () => {
      const [first, later] = [denial('a'), denial('a', '2026-11-21T20:00:00.000Z')];
      expect(await store.put(ACCOUNT, first, true)).toBe('written');
      expect(await store.put(ACCOUNT, later, false)).toBe('written');
      expect(await store.find(ACCOUNT, pairOf(first))).toEqual(later);
      expect(await store.find('444455556666', pairOf(first))).toBeNull();
      expect(await store.all(ACCOUNT)).toEqual({ evidence: [later], since: first.of.first, fullDays: [] });
    });

    it('takes no more new pairs than a day may have, and says so', async () => {
      for (let n = 0; n < MOST_PAIRS; n += 1) await store.put(ACCOUNT, denial(`sa-${n}`), true);
      expect((await store.all(ACCOUNT)).fullDays).toEqual([]);
      expect(await store.put(ACCOUNT, denial('one-more'), true)).toBe('full');
      expect(await store.put(ACCOUNT, denial('another'), true)).toBe('full');
      expect(await store.put(ACCOUNT, denial('sa-0', '2026-11-21T21:00:00.000Z'), false)).toBe('written');
      expect(await store.put(ACCOUNT, denial('tomorrow', '2026-11-22T00:00:00.000Z'), true)).toBe('written');
      const { evidence, fullDays } = await store.all(ACCOUNT);
      expect(evidence).toHaveLength(MOST_PAIRS + 1);
      expect(fullDays).toEqual(['2026-11-21']);
    }, 120_000);
  });
}
