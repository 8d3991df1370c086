import { describe, expect, it } from 'vitest';
import { type Begun, begunAt, begunIn } from '../../../shared/changes/begun.ts';

/** Lines of one change, a second apart. */
const begun = (...whats: string[]): Begun | null =>
  begunIn(whats.map((what, second) => ({ what, change: 0, at: new Date(second * 1000).toISOString() }))).get(
    0,
  ) ?? null;

const answered = begunAt(0);

describe('a change of which the history says', () => {
  it.each<[string, string[], Begun | null]>([
    ['nothing', [], null],
    ['that it was stale before it was written', ['stale'], null],
    ['that it was found done', ['already'], null],
    ['that it was sent', ['writing'], { ...answered, unanswered: 0 }],
    ['that it was sent, and failed', ['writing', 'failed'], { ...answered, unanswered: 0 }],
    ['that it was sent and taken', ['writing', 'written'], answered],
    ['that it was taken and seen', ['writing', 'written', 'confirmed'], answered],
    ['that it was taken and not carried out', ['writing', 'written', 'failed'], answered],
    ['that it was sent and refused', ['writing', 'not-written'], null],
    ['that it was sent and stale', ['writing', 'stale'], null],
    [
      'that it was seen, and never that it was answered',
      ['writing', 'failed', 'confirmed'],
      { ...answered, unanswered: 0 },
    ],
    [
      'that it was sent twice, and taken the second time',
      ['writing', 'writing', 'written'],
      { ...answered, unanswered: 0 },
    ],
    [
      'that it was sent twice, and refused the second time',
      ['writing', 'failed', 'writing', 'not-written'],
      { ...answered, unanswered: 0 },
    ],
    ['that it was taken, and is something else by now', ['writing', 'written', 'stale'], answered],
    [
      'that it was not answered, and is something else by now',
      ['writing', 'failed', 'stale'],
      { ...answered, unanswered: 0 },
    ],
    [
      'that it was refused, and sent again',
      ['writing', 'not-written', 'writing'],
      { ...begunAt(2000), unanswered: 2000 },
    ],
    [
      'that its way back was sent',
      ['writing', 'written', 'undoing'],
      { ...answered, undoing: 2000, isGoingBack: true },
    ],
    [
      'that its way back was sent twice',
      ['writing', 'written', 'undoing', 'undo-failed', 'undoing'],
      { ...answered, undoing: 2000, isGoingBack: true },
    ],
    [
      'that its way back was taken',
      ['writing', 'written', 'undoing', 'undo-written'],
      { ...answered, undoing: 2000, isGoingBack: true, isTakenBack: true },
    ],
    ['that it was taken back', ['writing', 'written', 'undoing', 'undo-written', 'undone'], null],
    [
      'that it was taken back, and sent again',
      ['writing', 'undoing', 'undone', 'writing', 'written'],
      begunAt(3000),
    ],
  ])('%s', (_says, lines, expected) => {
    expect(begun(...lines)).toEqual(expected);
  });

  it('goes back with its plan, as soon as a later one does', () => {
    const at = new Date(0).toISOString();
    const lines = [
      { what: 'writing', change: 0, at },
      { what: 'written', change: 0, at },
      { what: 'writing', change: 1, at },
      { what: 'undoing', change: 1, at },
      { what: 'undone', change: 1, at },
    ];
    expect([...begunIn(lines)]).toEqual([[0, { ...answered, isGoingBack: true }]]);
  });

  it('is told apart from the others of its plan, and from what is said of the plan', () => {
    const at = '2026-11-20T09:00:00Z';
    const lines = [
      { what: 'planned', at },
      { what: 'writing', change: 0, at },
      { what: 'writing', change: 1, at },
      { what: 'not-written', change: 0, at },
      { what: 'rolled-back', at },
    ];
    expect([...begunIn(lines).keys()]).toEqual([1]);
  });
});
