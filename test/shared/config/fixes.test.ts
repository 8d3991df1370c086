import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../shared/config/check-config.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { fixesSchema } from '../../../shared/config/fixes.ts';

const check = (fixes: unknown) => checkConfig(JSON.stringify({ fixes }));

describe('fixes', () => {
  it('are absent unless configured, and make plans alone unless told otherwise', () => {
    expect(defaultConfig.fixes).toBeUndefined();
    expect(fixesSchema.parse({})).toMatchObject({ mode: 'plan', writeOwned: [], canaryFirst: true });
  });

  const window = { days: ['monday'], from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' };

  it.each<[string, unknown, string]>([
    ['a typo', { mod: 'auto' }, 'fixes.mod'],
    ['an unknown mode', { mode: 'yolo' }, 'fixes.mode'],
    ['a setting for nothing in particular', { settings: [{ mode: 'auto' }] }, 'fixes.settings.0'],
    [
      'an exception without a reason',
      { exceptions: [{ rule: 'no-public-trust' }] },
      'fixes.exceptions.0.reason',
    ],
    ['an unknown time zone', { windows: [{ ...window, timeZone: 'Berlin' }] }, 'fixes.windows.0.timeZone'],
    ['a time that is none', { windows: [{ ...window, to: '25:00' }] }, 'fixes.windows.0.to'],
    ['an empty window', { windows: [{ ...window, to: '09:00' }] }, 'fixes.windows.0'],
    ['an unknown day', { windows: [{ ...window, days: ['Mon'] }] }, 'fixes.windows.0.days.0'],
    ['an endless budget', { budgetPerAccountAndHour: 5000 }, 'fixes.budgetPerAccountAndHour'],
    ['an owner that is never written', { writeOwned: ['service'] }, 'fixes.writeOwned.0'],
    ['an approval for ever', { approvalHours: 9999 }, 'fixes.approvalHours'],
  ])('refuse %s, and say where', (_name, fixes, path) => {
    expect(check(fixes)).toMatchObject({ problems: [expect.objectContaining({ path })] });
  });

  it.each([
    { mode: 'off' },
    { windows: [window, { ...window, from: '22:00', to: '04:00' }] },
    { settings: [{ rule: 'no-public-trust', account: '111122223333', mode: 'approve' }] },
    { settings: [{ roleTag: { key: 'team', value: 'shop' }, mode: 'auto' }] },
  ])('take %j', (fixes) => {
    expect(check(fixes)).toHaveProperty('config');
  });
});
