import { describe, expect, it } from 'vitest';
import { crashes, failures, madeCalls, soundRuns } from '../support/call-matrix.ts';
import { openedDuring } from '../support/pipeline-faults.ts';

const sound = await soundRuns();

describe('a change that is judged while', () => {
  const rows = madeCalls(sound).flatMap((made) => [...failures(made), ...crashes(made)]);

  it.each(rows)('%s: told in the end, once, and unknown is no pass', async (_name, trouble) => {
    expect((await openedDuring(trouble)).open).toEqual(sound.whole.open);
  });
});
