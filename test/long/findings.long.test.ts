import { describe, it } from 'vitest';
import { checkOneAfterTheOther, checkSideBySide } from '../support/finding-properties.ts';

describe('the life of findings, in tens of thousands of histories', () => {
  it('ends in what the newest audits say, one after the other', () => checkOneAfterTheOther(20_000));

  it('ends in what the newest audits say, side by side and crashing', () => checkSideBySide(20_000));
});
