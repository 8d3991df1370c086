import { beforeEach, describe, expect, it } from 'vitest';
import { type Evidence, type Noted, pairOf, shareOf } from '../../shared/evidence/record.ts';
import { type EvidenceStore, type Found, MOST_PAIRS } from '../../shared/evidence/store.ts';
import { refusedCall, webDenial } from '../../shared/rules/examples/denied.ts';
import { ACCOUNT } from '../../shared/rules/examples/estate.ts';

const denial = (subject: string, last = '2026-11-21T19:00:00.000Z'): Evidence => ({
  kind: 'web-denial',
  of: webDenial({ subject, last }),
});
const noted = (subject: string, last?: string): Noted => ({ evidence: denial(subject, last) });
const NO_CALLS = { since: null, fullDays: [] };
const DAY = '2026-11-21';
const LATER = '2026-11-21T20:00:00.000Z';

/** What every store of observations promises; `open` gives an empty one. */
export function evidenceStoreSuite(open: () => Promise<EvidenceStore>): void {
  describe('a store of observations', () => {
    let store: EvidenceStore;
    beforeEach(async () => {
      store = await open();
    });
    const known = async (of: Noted): Promise<Found> => {
      const found = await store.find(ACCOUNT, pairOf(of.evidence));
      if (found === null) throw new Error('not found');
      return found;
    };

    it('knows nothing of an account that was never observed', async () => {
      expect(await store.all(ACCOUNT)).toEqual({ evidence: [], since: null, fullDays: [], calls: NO_CALLS });
      expect(await store.find(ACCOUNT, pairOf(denial('a')))).toBeNull();
      expect(await store.day(ACCOUNT, DAY)).toEqual({ full: false, asked: null });
    });

    it('finds a pair as it was put last, in its own account alone', async () => {
      const [first, later] = [noted('a'), { ...noted('a', LATER), asked: LATER }];
      expect(await store.put(ACCOUNT, first, null)).toBe('written');
      expect(await store.put(ACCOUNT, later, (await known(first)).revision)).toBe('written');
      expect(await known(first)).toMatchObject(later);
      expect(await store.find('444455556666', pairOf(first.evidence))).toBeNull();
      const { first: since } = first.evidence.of;
      expect(await store.all(ACCOUNT)).toEqual({
        evidence: [later.evidence],
        since,
        fullDays: [],
        calls: NO_CALLS,
      });
    });

    it('writes a pair only in the state that it was read in', async () => {
      expect(await store.put(ACCOUNT, noted('a'), null)).toBe('written');
      const { revision } = await known(noted('a'));
      expect(await store.put(ACCOUNT, noted('a', LATER), null)).toBe('conflict');
      expect(await store.put(ACCOUNT, noted('a', LATER), revision)).toBe('written');
      expect(await store.put(ACCOUNT, noted('a'), revision)).toBe('conflict');
      expect(await known(noted('a'))).toMatchObject(noted('a', LATER));
    });

    it('lets one of many at once write', async () => {
      const together = (revision: string | null) =>
        Promise.all(Array.from({ length: 5 }, () => store.put(ACCOUNT, noted('a', LATER), revision)));
      expect((await together(null)).filter((outcome) => outcome === 'written')).toHaveLength(1);
      const { revision } = await known(noted('a'));
      expect((await together(revision)).filter((outcome) => outcome === 'written')).toHaveLength(1);
    });

    it('keeps refused calls beside the rest, with a share of the day and a beginning of their own', async () => {
      const call = (name: string): Noted => ({
        evidence: { kind: 'call-denial', of: refusedCall({ call: name, first: LATER, last: LATER }) },
      });
      await store.put(ACCOUNT, noted('a'), null);
      await store.markFull(ACCOUNT, DAY, null);
      const share = shareOf(call('DescribeInstances').evidence);
      expect(await store.day(ACCOUNT, share)).toEqual({ full: false, asked: null });
      expect(await store.put(ACCOUNT, call('DescribeInstances'), null)).toBe('written');
      expect(await known(call('DescribeInstances'))).toMatchObject(call('DescribeInstances'));
      await store.markFull(ACCOUNT, share, LATER);
      expect(await store.day(ACCOUNT, share)).toEqual({ full: true, asked: LATER });
      expect(await store.put(ACCOUNT, call('DescribeVpcs'), null)).toBe('full');
      expect(await store.all(ACCOUNT)).toMatchObject({
        since: noted('a').evidence.of.first,
        fullDays: [DAY],
        calls: { since: LATER, fullDays: [DAY] },
      });
    });

    it('takes no more new pairs than a day may have, and says so once it is told', async () => {
      for (let n = 0; n < MOST_PAIRS; n += 1) await store.put(ACCOUNT, noted(`sa-${n}`), null);
      expect(await store.day(ACCOUNT, DAY)).toEqual({ full: true, asked: null });
      expect((await store.all(ACCOUNT)).fullDays).toEqual([]);
      expect(await store.put(ACCOUNT, noted('one-more'), null)).toBe('full');
      await store.markFull(ACCOUNT, DAY, LATER);
      await store.markFull(ACCOUNT, DAY, null);
      expect(await store.day(ACCOUNT, DAY)).toEqual({ full: true, asked: LATER });
      expect(await store.put(ACCOUNT, noted('another'), null)).toBe('full');
      const { revision } = await known(noted('sa-0'));
      expect(await store.put(ACCOUNT, noted('sa-0', LATER), revision)).toBe('written');
      expect(await store.put(ACCOUNT, noted('tomorrow', '2026-11-22T00:00:00.000Z'), null)).toBe('written');
      const { evidence, fullDays } = await store.all(ACCOUNT);
      expect(evidence).toHaveLength(MOST_PAIRS + 1);
      expect(fullDays).toEqual([DAY]);
    }, 300_000);
  });
}
