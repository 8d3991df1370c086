import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Permission } from '../../../shared/lambda/permissions.ts';
import { missingCalls, WRITES } from '../../support/call-matrix.ts';
import { eventCrashes, eventFailures, madeCalls, soundRuns } from '../../support/event-matrix.ts';
import { openedDuring } from '../../support/pipeline-faults.ts';
import { REPAIR_FUNCTIONS } from '../../support/repair-matrix.ts';
import { SCAN_FUNCTIONS } from '../../support/scan-matrix.ts';

const sound = await soundRuns();
const made = madeCalls(sound);

it('what the sweep makes good ends as if nothing had happened', () => {
  expect(sound.swept.open).toEqual(sound.whole.open);
  expect(sound.whole.open.filter((each) => each.startsWith('no-public-trust '))).toHaveLength(3);
});

/** Repairs and scans have a matrix of their own: repair-faults.test.ts, scan-faults.test.ts. */
const functions = readdirSync('functions').filter(
  (name) => ![...REPAIR_FUNCTIONS, ...SCAN_FUNCTIONS].includes(name),
);

it.each(functions)('the matrix has every call that %s is permitted to make', async (name) => {
  const { permissions }: { permissions: readonly Permission[] } = await import(
    `../../../functions/${name}/permissions.ts`
  );
  expect(missingCalls(name, permissions, made)).toEqual([]);
});

/** A part of the matrix; the suite of long tests plays the whole. */
const PART = [
  ...made.filter(({ call }) => WRITES.test(call)).flatMap((each) => eventCrashes(each).slice(-1)),
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
    .flatMap((each) => eventFailures(each).slice(0, 1)),
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
