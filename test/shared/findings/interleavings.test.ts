import { describe, it } from 'vitest';
import { checkOneAfterTheOther, checkSideBySide } from '../../support/finding-properties.ts';

describe('whatever the order', () => {
  it('audits and repeats one after the other end in what the newest say', () => checkOneAfterTheOther(250));

  it('audits side by side, each call of each at any time, some crashing and run again, end in what the newest say', () =>
    checkSideBySide(250));
});
