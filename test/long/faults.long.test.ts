import { describe, expect, it } from 'vitest';
import type { Fault } from '../../simulator/faults.ts';
import { type Outcome, openedDuring, type Trouble } from '../support/pipeline-faults.ts';

const sound: Outcome = await openedDuring(null);

const FAULTS: readonly [string, Fault][] = [
  ['is throttled out', { kind: 'throttled' }],
  ['fails', { kind: 'server-error' }],
  ['is unavailable', { kind: 'unavailable' }],
  ['is refused with expired credentials', { kind: 'expired-credentials' }],
  ['fails once', { kind: 'server-error' }],
];

describe('a change that is judged while', () => {
  it.each(
    sound.calls.actions.flatMap((action) =>
      FAULTS.map(([how, fault]): [string, string, Trouble] => [
        action,
        how,
        { action, fault: how.endsWith('once') ? Object.assign({ times: 1 }, fault) : fault },
      ]),
    ),
  )('%s %s is told in the end, once, and nothing is resolved meanwhile', async (_action, _how, trouble) => {
    expect((await openedDuring(trouble)).open).toEqual(sound.open);
  });
});
