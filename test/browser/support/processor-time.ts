import type { Page } from 'playwright-core';

/** Seconds of processor that a page's own thread used. */
export interface ProcessorTime {
  /** For opening the page once more: Chromium begins to count anew with each document. */
  readonly ofOpening: () => Promise<number>;
  /** While something was done, and the page came to rest. */
  readonly of: (act: () => Promise<unknown>) => Promise<number>;
  /** For a piece of work that is always the same: how slow this machine is. */
  readonly yardstick: () => Promise<number>;
}

/**
 * Counts what the page itself works, not how long it takes: a busy machine makes it wait and not work. It is to be held
 * against the yardstick, since processors differ.
 */
export async function processorTimeOf(page: Page): Promise<ProcessorTime> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const used = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const task = metrics.find(({ name }) => name === 'TaskDuration');
    if (task === undefined) throw new Error('Chromium does not tell how long tasks took.');
    return task.value;
  };
  const of = async (act: () => Promise<unknown>): Promise<number> => {
    const before = await used();
    await act();
    await page.evaluate(() => new Promise((rest) => requestAnimationFrame(() => setTimeout(rest))));
    return (await used()) - before;
  };
  const ofOpening = async (): Promise<number> => {
    await page.reload();
    await page.waitForSelector('h1');
    return used();
  };
  return { ofOpening, of, yardstick: () => of(() => page.evaluate(work)) };
}

/** Texts are made, sorted and counted: about what a list does. Runs in the page. */
function work(): number {
  const texts = Array.from(
    { length: 200_000 },
    (_, index) => `${(index * 7919) % 200_003}/team-${index % 97}`,
  );
  return new Set(texts.sort().map((text) => text.slice(0, 6))).size;
}
