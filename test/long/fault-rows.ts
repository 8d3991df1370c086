import { describe, expect, it } from 'vitest';
import { eventCrashes, eventFailures, madeCalls, soundRuns } from '../support/event-matrix.ts';
import { openedDuring } from '../support/pipeline-faults.ts';

/** Plays every second row of the fault matrix, from the first or from the second on: a file each, for two processors. */
export async function playEverySecondRow(from: 0 | 1): Promise<void> {
  const sound = await soundRuns();
  const rows = madeCalls(sound).flatMap((made) => [...eventFailures(made), ...eventCrashes(made)]);

  describe.concurrent('a change that is judged while', () => {
    it.each(rows.filter((_, at) => at % 2 === from))(
      '%s: told in the end, once, and unknown is no pass',
      async (_name, trouble) => {
        expect((await openedDuring(trouble)).open).toEqual(sound.whole.open);
      },
    );
  });
}
