import { describe, expect, it } from 'vitest';
import { latestSchema, pointOf, postureOf, withPoint } from '../../../../shared/pipeline/scan/posture.ts';

const NONE = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };

function counted(day: number, high = 0, more: object = {}, organizationGaps = 0) {
  return pointOf({
    id: `${new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10)}T03-00-00Z-x`,
    findings: { ...NONE, high },
    waived: 1,
    sinceLastScan: null,
    accounts: {
      listed: 10,
      read: 10,
      unread: 0,
      judged: 10,
      unchanged: 0,
      leftToEvents: 0,
      notJudged: 0,
      leftOut: 0,
      withGaps: 0,
      ...more,
    },
    organizationGaps,
  });
}

describe('posture over scans', () => {
  it('counts a scan once, however often its report runs, and stays in the order of time', () => {
    const points = [counted(2, 1), counted(3, 2), counted(3, 5), counted(1, 7)].reduce<
      readonly ReturnType<typeof counted>[]
    >((all, one) => withPoint(all, one), []);
    expect(postureOf(points).points.map(({ at, open }) => [at, open.high])).toEqual([
      ['2026-01-01T03:00:00.000Z', 7],
      ['2026-01-02T03:00:00.000Z', 1],
      ['2026-01-03T03:00:00.000Z', 5],
    ]);
  });

  it('forgets the oldest of very many', () => {
    const points = Array.from({ length: 450 }, (_, day) => counted(day + 1)).reduce<
      readonly ReturnType<typeof counted>[]
    >((all, one) => withPoint(all, one), []);
    expect(points).toHaveLength(400);
    expect(points.at(-1)?.scan).toContain('2027-03-26');
  });

  it.each<[string, object, number, string | undefined]>([
    ['all accounts were read and judged', {}, 0, undefined],
    [
      'some were not read, some not judged',
      { unread: 2, notJudged: 1 },
      0,
      '3 of 10 accounts were not read or not judged',
    ],
    ['Organizations did not tell everything', {}, 2, 'not everything of the organization was read'],
    [
      'accounts were not read and Organizations did not tell everything',
      { unread: 1 },
      1,
      '1 of 10 accounts were not read or not judged; not everything of the organization was read',
    ],
  ])('says where %s what is in doubt', (_name, accounts, gaps, doubt) => {
    expect(postureOf([counted(1, 0, accounts, gaps)]).points[0]?.doubt).toBe(doubt);
  });

  it('begins anew after a version that kept no points', () => {
    const scan = '2026-01-01T03-00-00Z-x';
    expect(latestSchema.parse({ scan, previous: null })).toEqual({ scan, previous: null, points: [] });
  });
});
