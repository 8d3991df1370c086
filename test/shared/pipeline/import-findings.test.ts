import { expect, it } from 'vitest';
import { stepsOf } from '../../../shared/findings/lifecycle.ts';
import type { Transition } from '../../../shared/findings/transition.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { importFindings, type SecurityHub } from '../../../shared/pipeline/import-findings.ts';
import type { StreamRecord } from '../../../shared/pipeline/notify.ts';
import type { AsffFinding } from '../../../shared/reports/asff.ts';
import { auditOf, findingOf } from '../../support/findings.ts';
import { silent } from '../../support/pipeline.ts';

const place = () => ({ partition: 'aws', region: 'eu-west-1', account: '999988887777' });

function appeared(count: number): readonly Transition[] {
  const findings = Array.from({ length: count }, (_, index) => findingOf({ rule: `rule-${index}` }));
  return stepsOf([], auditOf(1, { findings }), { hash: sha256 }).map(({ transition }) => transition!);
}

function records(transitions: readonly Transition[]): StreamRecord[] {
  return transitions.map((transition, index) => ({ sequenceNumber: String(index), read: () => transition }));
}

async function imported(
  batch: readonly StreamRecord[],
  answer: SecurityHub['importFindings'] = async () => [],
  noting: () => void = () => {},
) {
  const calls: (readonly AsffFinding[])[] = [];
  const securityHub: SecurityHub = {
    importFindings: async (findings) => {
      calls.push(findings);
      return answer(findings);
    },
  };
  const noted: string[] = [];
  const owed = {
    note: async ({ fingerprint }: Transition['finding']) => {
      noting();
      noted.push(fingerprint);
    },
  };
  const result = await importFindings({ securityHub, place, owed, telemetry: silent })(batch);
  return { result, calls, noted };
}

it('goes to Security Hub a hundred at once', async () => {
  const { result, calls } = await imported(records(appeared(250)));
  expect(calls.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(result).toEqual({ failed: [] });
});

it.each([
  ['in order', false],
  ['the other way round', true],
])('of several steps of a finding, %s, the last one counts', async (_name, reversed) => {
  const [first] = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });
  const [second] = stepsOf([first!.after], auditOf(2), { hash: sha256 });
  const steps = [first!.transition!, second!.transition!];
  const { calls } = await imported(records(reversed ? steps.reverse() : steps));
  expect(calls).toHaveLength(1);
  expect(calls[0]?.map(({ RecordState }) => RecordState)).toEqual(['ARCHIVED']);
});

it('notes nothing of what Security Hub took', async () => {
  expect((await imported(records(appeared(3)))).noted).toEqual([]);
});

const refusing = (wanted: (index: number) => boolean) => async (findings: readonly AsffFinding[]) =>
  findings
    .filter((_, index) => wanted(index))
    .map(({ Id }) => ({ id: Id, code: 'InvalidInput', reason: 'no' }));

it('notes what Security Hub refuses, and nothing else, and leaves the stream nothing to try late', async () => {
  const steps = appeared(3);
  const { result, noted } = await imported(
    records(steps),
    refusing((index) => index === 1),
  );
  expect(noted).toEqual([steps[1]!.finding.fingerprint]);
  expect(result).toEqual({ failed: [] });
});

it('hands back every step of a finding that was refused and cannot be noted', async () => {
  const [step] = appeared(1);
  const { result } = await imported(
    records([step!, { ...step!, sequence: 2 }]),
    refusing(() => true),
    () => {
      throw new Error('throttled');
    },
  );
  expect(result).toEqual({ failed: ['0', '1'] });
});

it.each(['AccessDeniedException', 'LimitExceededException', 'InternalException', 'TimeoutError'])(
  'goes on with the next hundred after %s, and notes the failed ones',
  async (name) => {
    let calls = 0;
    const steps = appeared(150);
    const { result, noted } = await imported(records(steps), async () => {
      calls += 1;
      if (calls === 1) throw Object.assign(new Error(name), { name });
      return [];
    });
    expect(calls).toBe(2);
    expect(noted).toEqual(steps.slice(0, 100).map(({ finding }) => finding.fingerprint));
    expect(result.failed).toEqual([]);
  },
);

it('hands back a record that cannot be read, and imports the rest', async () => {
  const unreadable: StreamRecord = {
    sequenceNumber: 'unreadable',
    read: () => {
      throw new SyntaxError('no JSON');
    },
  };
  const { result, calls } = await imported([unreadable, ...records(appeared(2))]);
  expect(result).toEqual({ failed: ['unreadable'] });
  expect(calls[0]).toHaveLength(2);
});
