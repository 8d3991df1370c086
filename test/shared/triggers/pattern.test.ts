import { describe, expect, it } from 'vitest';
import failure from '../../../events/UpdateAssumeRolePolicy/failure.json' with { type: 'json' };
import success from '../../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { changePattern } from '../../../shared/triggers/pattern.ts';
import { matchesPattern } from '../../../simulator/pipeline/event-pattern.ts';

describe('the pattern of changes', () => {
  it.each<[string, object, boolean]>([
    ['takes a change that succeeded', success, true],
    ['leaves out a change that failed', failure, false],
    [
      'leaves out an operation that is not followed',
      { ...success, detail: { ...success.detail, eventName: 'GetRole' } },
      false,
    ],
    ['leaves out a forged source', { ...success, source: 'somebody' }, false],
    [
      'leaves out other kinds of event',
      { ...success, 'detail-type': 'AWS Service Event via CloudTrail' },
      false,
    ],
  ])('%s', (_name, event, expected) => {
    expect(matchesPattern(changePattern(), event)).toBe(expected);
  });

  it('takes re-published events from the configured sources alone', () => {
    const event = { ...success, source: 'acme.cloudtrail' };
    expect(matchesPattern(changePattern(['acme.cloudtrail']), event)).toBe(true);
    expect(matchesPattern(changePattern(['other.cloudtrail']), event)).toBe(false);
  });
});
