import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Permission } from '../../../shared/lambda/permissions.ts';
import { crashes, failures, madeCalls, missingCalls, soundRuns, WRITES } from '../../support/call-matrix.ts';
import { openedDuring } from '../../support/pipeline-faults.ts';

const sound = await soundRuns();
const made = madeCalls(sound);

it('what the sweep makes good ends as if nothing had happened', () => {
  expect(sound.swept.open).toEqual(sound.whole.open);
  expect(sound.whole.open.filter((each) => each.startsWith('no-public-trust '))).toHaveLength(3);
});

/** Functions of other workflows: repairs have their own test of processes that die (repair-crashes.test.ts). */
const REPAIRS = ['plan', 'request-approval', 'decide', 'expire', 'apply', 'verify', 'roll-back', 'stop'];

/** The scheduled scan hears of no event, and is not played here. */
const SCANS = [
  'list-accounts',
  'collect-account',
  'collect-region',
  'assemble',
  'join',
  'judge-account',
  'report',
];

const functions = readdirSync('functions').filter((name) => ![...REPAIRS, ...SCANS].includes(name));

it.each(functions)('the matrix has every call that %s is permitted to make', async (name) => {
  const { permissions }: { permissions: readonly Permission[] } = await import(
    `../../../functions/${name}/permissions.ts`
  );
  const actions = permissions.flatMap((permission) => permission.actions);
  expect(missingCalls(name, actions, made)).toEqual([]);
});

/** A part of the matrix; the suite of long tests plays the whole. */
const PART = [
  ...made.filter(({ call }) => WRITES.test(call)).flatMap((each) => crashes(each).slice(-1)),
  ...made
    .filter(({ call }) =>
      [
        'triage dynamodb:GetItem',
        'begin s3:PutObject',
        'collect iam:GetAccountAuthorizationDetails',
        'evaluate dynamodb:BatchGetItem',
        'sweep dynamodb:Query',
        'sweep securityhub:BatchImportFindings',
        'security-hub securityhub:BatchImportFindings',
      ].includes(call),
    )
    .flatMap((each) => failures(each).slice(0, 1)),
];

describe('a change that is judged while', () => {
  it.each(PART)('%s: told in the end, once, and unknown is no pass', async (_name, trouble) => {
    expect((await openedDuring(trouble)).open).toEqual(sound.whole.open);
  });

  it.each(['before', 'after'] as const)(
    'evaluate dies again and again, %s it worked: not judged is told, too',
    async (when) => {
      const trouble = { dies: { name: 'evaluate', when, times: 100 } };
      expect((await openedDuring(trouble)).open).toEqual(sound.whole.open);
    },
  );
});
