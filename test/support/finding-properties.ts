import fc from 'fast-check';
import { expect } from 'vitest';
import { recordAudit } from '../../shared/findings/record-audit.ts';
import type { ScopeAudit } from '../../shared/findings/scope-audit.ts';
import type { FindingStore } from '../../shared/findings/store.ts';
import { openSqliteStore } from '../../shared/sqlite/finding-store.ts';
import { audits, brokenSteps, expectedState, scheduled, storedState } from './finding-interleavings.ts';
import { all, record, recordOptions } from './finding-store-suite.ts';
import { ACCOUNT } from './findings.ts';

const ACCOUNT_SCOPE = { kind: 'account', account: ACCOUNT } as const;

async function expectSettled(store: FindingStore, done: readonly ScopeAudit[]): Promise<void> {
  const stored = await store.findingsOf(ACCOUNT_SCOPE);
  expect(storedState(stored)).toEqual(expectedState(done));
  expect(brokenSteps(stored, await all(store.listUnpublished()))).toEqual([]);
}

/** Audits and repeats, one after the other in any order, end in what the newest say; repeats change nothing. */
export async function checkOneAfterTheOther(numRuns: number): Promise<void> {
  const order = audits.chain((some) =>
    fc.record({
      some: fc.constant(some),
      first: fc.shuffledSubarray([...some], { minLength: some.length }),
      repeats: fc.array(fc.constantFrom(...some), { maxLength: 4 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(order, async ({ some, first, repeats }) => {
      const store = openSqliteStore(':memory:');
      for (const audit of first) await record(store, audit);
      await expectSettled(store, some);
      const before = await all(store.listUnpublished());
      for (const audit of repeats) expect(await record(store, audit)).toEqual([]);
      expect(await all(store.listUnpublished())).toEqual(before);
      store.close();
    }),
    { numRuns },
  );
}

/** Audits side by side, each call of each at any time, some crashing and run again, end in what the newest say. */
export async function checkSideBySide(numRuns: number): Promise<void> {
  const failures = fc.infiniteStream(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant<'none'>('none') },
      { weight: 1, arbitrary: fc.constantFrom<'before' | 'after'>('before', 'after') },
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      audits,
      fc.nat({ max: 3 }),
      failures,
      async (scheduler, some, twins, failing) => {
        const store = openSqliteStore(':memory:');
        const faults = failing[Symbol.iterator]();
        const shaky = scheduled(store, scheduler, () => faults.next().value);
        const told: string[] = [];
        const run = async (audit: ScopeAudit): Promise<void> => {
          for (;;) {
            try {
              const written = await recordAudit(shaky, audit, recordOptions);
              told.push(...written.map(({ id }) => id));
              return;
            } catch {
              // The step is run again, as the state machine does.
            }
          }
        };
        await scheduler.waitFor(Promise.all([...some, ...some.slice(0, twins)].map(run)));
        await expectSettled(store, some);
        const outbox = new Set((await all(store.listUnpublished())).map(({ id }) => id));
        expect(told.filter((id) => !outbox.has(id))).toEqual([]);
        expect(new Set(told).size).toBe(told.length);
        store.close();
      },
    ),
    { numRuns },
  );
}
