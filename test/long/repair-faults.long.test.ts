import { describe, expect, it } from 'vitest';
import { repairedDuring } from '../support/repair-faults.ts';
import { repairCalls, repairRows, soundRepairs } from '../support/repair-matrix.ts';

const sound = await soundRepairs();
const rows = repairCalls(sound).flatMap((made) => repairRows(sound, made));

describe.concurrent('a repair that is under way while', () => {
  it.each(rows)(
    '%s: ends in one of four ways, and no approval is lost silently',
    async (_name, trouble, ends) => {
      expect(ends).toContain((await repairedDuring(trouble)).end);
    },
  );
});
