import { expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { doubtsOf } from '../../../shared/findings/doubt.ts';
import { ACCOUNT, ROLE } from '../../support/findings.ts';

const everything = [{ where: { account: ACCOUNT } }];
const where = { account: ACCOUNT, role: ROLE };
const undecided = [{ rule: { name: 'no-public-trust' }, where }];
const denied = { read: 'sts:AssumeRole', reason: 'AccessDenied' };

function snapshot(accounts: readonly string[], coverage: Snapshot['coverage'] = []): Snapshot {
  return {
    schemaVersion: 1,
    takenAt: '2026-11-20T09:14:10Z',
    accounts: accounts.map((id) => ({ id, partition: 'aws' })),
    coverage,
  };
}

it.each<[string, Snapshot, object[]]>([
  ['the checks that were not decided', snapshot([ACCOUNT]), [{ rule: 'no-public-trust', where }]],
  ['everything when the account is not in the snapshot', snapshot(['999999999999']), everything],
  ['everything when no account is', snapshot([]), everything],
  [
    'everything when the account could not be entered',
    snapshot([ACCOUNT], [{ account: ACCOUNT, ...denied }]),
    everything,
  ],
  [
    'everything when it is not said which account could not be entered',
    snapshot([ACCOUNT], [denied]),
    everything,
  ],
  [
    'no more when another account could not be entered',
    snapshot([ACCOUNT], [{ account: '999999999999', ...denied }]),
    [{ rule: 'no-public-trust', where }],
  ],
])('an audit leaves open %s', (_name, read, expected) => {
  expect(doubtsOf(ACCOUNT, read, undecided)).toEqual(expected);
});
