import { describe, expect, it } from 'vitest';
import failure from '../../../events/UpdateAssumeRolePolicy/failure.json' with { type: 'json' };
import success from '../../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { eventReaders } from '../../../shared/triggers/events/index.ts';
import { changePatterns, PatternTooLongError } from '../../../shared/triggers/pattern.ts';
import { matchesPattern } from '../../../simulator/pipeline/event-pattern.ts';

const takes = (event: object, extraSources: readonly string[] = []): boolean =>
  changePatterns(extraSources).some((pattern) => matchesPattern(pattern, event));

describe('the patterns of changes', () => {
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
    expect(takes(event)).toBe(expected);
  });

  it('takes re-published events from the configured sources alone', () => {
    const event = { ...success, source: 'acme.cloudtrail' };
    expect(takes(event, ['acme.cloudtrail'])).toBe(true);
    expect(takes(event, ['other.cloudtrail'])).toBe(false);
  });
});

describe('the size of a pattern', () => {
  const sources = (count: number, length: number) =>
    Array.from({ length: count }, (_, n) => `${n}.${'s'.repeat(length)}`);
  const NAMES = new Set(eventReaders.filter(({ records }) => records === 'change').map(({ name }) => name));

  it.each([
    ['without extra sources', []],
    ['with as many as a hub takes', sources(10, 96)],
    ['with so many that the names have to be split', sources(10, 170)],
  ])('stays within what EventBridge takes, and no event is lost, %s', (_name, extra) => {
    const patterns = changePatterns(extra);
    for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
    const names = patterns.flatMap(({ detail }) => detail['eventName'] ?? []);
    expect(names).toHaveLength(NAMES.size);
    expect(new Set(names)).toEqual(NAMES);
  });

  it('is refused when the sources alone are too long', () => {
    expect(() => changePatterns(sources(20, 120))).toThrow(PatternTooLongError);
  });
});
