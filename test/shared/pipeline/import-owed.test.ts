import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamodbStore } from '../../../shared/aws/findings/dynamodb-store.ts';
import { OWED_PARTITION_KEY } from '../../../shared/aws/findings/table.ts';
import { owedTable } from '../../../shared/aws/pipeline/owed-table.ts';
import { recordAudit } from '../../../shared/findings/record-audit.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { SecurityHub } from '../../../shared/pipeline/import-findings.ts';
import { importOwed } from '../../../shared/pipeline/import-owed.ts';
import type { OwedImports } from '../../../shared/pipeline/owed-imports.ts';
import type { AsffFinding } from '../../../shared/reports/asff.ts';
import { auditOf, findingOf } from '../../support/findings.ts';
import { attach, CONFIG } from '../../support/hub/attach.ts';
import { createCalls } from '../../support/hub/calls.ts';
import { createTable } from '../../support/hub/table.ts';
import { silent } from '../../support/pipeline.ts';

const place = () => ({ partition: 'aws', region: 'eu-west-1', account: '999988887777' });
const now = () => new Date('2026-11-20T10:00:00Z');

/** A table of findings, and a Security Hub that remembers what it took last. */
function world() {
  const table = createTable();
  const client = attach(new DynamoDBClient(CONFIG), 'dynamodb', table.answer, createCalls());
  const store = dynamodbStore(client, () => 'findings');
  let tokens = 0;
  const owed = owedTable(
    client,
    () => 'findings',
    () => `token-${++tokens}`,
  );
  const shown = new Map<string, AsffFinding>();
  const calls: number[] = [];
  const take: SecurityHub['importFindings'] = async (findings) => {
    calls.push(findings.length);
    for (const finding of findings) shown.set(finding.Id, finding);
    return [];
  };
  const record = (...args: Parameters<typeof auditOf>) =>
    recordAudit(store, auditOf(...args), { hash: sha256, pause: async () => {} });
  const run = (
    importFindings: SecurityHub['importFindings'] = take,
    notes: OwedImports = owed,
    at: () => Date = now,
  ) => importOwed({ owed: notes, securityHub: { importFindings }, place, telemetry: silent, now: at })();
  const notes = () => [...table.items.values()].filter(({ pk }) => pk?.S === OWED_PARTITION_KEY);
  const states = () => [...shown.values()].map(({ RecordState }) => RecordState);
  return { table, owed, record, run, notes, states, take, calls, shown };
}

/** A world in which the import of one new finding failed. */
async function owing() {
  const here = world();
  const [step] = await here.record(1, { findings: [findingOf()] });
  await here.owed.note(step!.finding);
  return { ...here, finding: step!.finding };
}

describe('what Security Hub did not take', () => {
  it('is imported by the sweep, and owed no longer', async () => {
    const { run, notes, states, calls } = await owing();
    expect(await run()).toEqual({ imported: 1, owing: 0 });
    expect(states()).toEqual(['ACTIVE']);
    expect(notes()).toEqual([]);
    expect(await run()).toEqual({ imported: 0, owing: 0 });
    expect(calls).toEqual([1]);
  });

  it('is imported as it is now, with the time of its newest step, not as it was when that failed', async () => {
    const { run, record, shown } = await owing();
    const [resolved] = await record(2);
    await run();
    const [finding] = [...shown.values()];
    expect(finding).toMatchObject({ RecordState: 'ARCHIVED', UpdatedAt: resolved!.readAt });
    expect(finding?.ProductFields['podtrust/Sequence']).toBe('2');
  });

  it.each(['AccessDeniedException', 'LimitExceededException', 'AbortError'])(
    'stays owed while Security Hub answers %s',
    async (name) => {
      const { run, notes, states } = await owing();
      const failing = async () => {
        throw Object.assign(new Error(name), { name });
      };
      expect(await run(failing)).toEqual({ imported: 0, owing: 1 });
      expect(notes()).toHaveLength(1);
      await run();
      expect(states()).toEqual(['ACTIVE']);
      expect(notes()).toEqual([]);
    },
  );

  it('stays owed where an import was taken in part, and the rest does not', async () => {
    const { run, notes, owed, record, take } = await owing();
    const [other] = await record(2, { findings: [findingOf(), findingOf({ rule: 'other' })] });
    await owed.note(other!.finding);
    const partly: SecurityHub['importFindings'] = async (findings) => {
      const refused = findings.filter(({ GeneratorId }) => GeneratorId === 'podtrust/other');
      await take(findings.filter((each) => !refused.includes(each)));
      return refused.map(({ Id }) => ({ id: Id, code: 'InternalError', reason: 'Try again.' }));
    };
    expect(await run(partly)).toEqual({ imported: 1, owing: 1 });
    expect(notes().map(({ sk }) => sk?.S)).toEqual([other!.finding.fingerprint]);
  });

  it('is imported again when the process died between the import and the note', async () => {
    const { run, notes, owed, states, calls, take } = await owing();
    const dying: OwedImports = {
      ...owed,
      settle: async () => {
        throw new Error('killed');
      },
    };
    await expect(run(take, dying)).rejects.toThrow('killed');
    expect(notes()).toHaveLength(1);
    expect(await run()).toEqual({ imported: 1, owing: 0 });
    expect([calls, states()]).toEqual([[1, 1], ['ACTIVE']]);
  });

  it('that a newer step overtook during the import ends as the newer step says', async () => {
    const { run, record, take, states, notes } = await owing();
    // The stream imports the newer step first; then the older state of the sweep arrives.
    const overtaken: SecurityHub['importFindings'] = async (findings) => {
      await record(2);
      return take(findings);
    };
    expect(await run(overtaken)).toEqual({ imported: 0, owing: 1 });
    expect(states()).toEqual(['ACTIVE']);
    expect(notes()).toHaveLength(1);
    expect(await run()).toEqual({ imported: 1, owing: 0 });
    expect(states()).toEqual(['ARCHIVED']);
  });

  it('and is noted anew meanwhile keeps the newer note', async () => {
    const { run, owed, finding, notes } = await owing();
    const meanwhile: OwedImports = {
      ...owed,
      settle: async (each) => {
        await owed.note(finding);
        return owed.settle(each);
      },
    };
    await run(undefined, meanwhile);
    expect(notes().map(({ token }) => token?.S)).toEqual(['token-2']);
  });

  it('and is forgotten by now is owed no longer', async () => {
    const { run, notes, calls, owed } = world();
    await owed.note(findingOf());
    expect(await run()).toEqual({ imported: 1, owing: 0 });
    expect([notes(), calls]).toEqual([[], []]);
  });

  it('and cannot be read stays owed, and holds up no other', async () => {
    const { run, owed, record, table, notes, finding } = await owing();
    const [other] = await record(2, { findings: [findingOf(), findingOf({ rule: 'other' })] });
    await owed.note(other!.finding);
    const key = [...table.items.keys()].find((each) => each.endsWith(`finding#${finding.fingerprint}`))!;
    Object.assign(table.items.get(key)!, { body: { S: '{' } });
    expect(await run()).toEqual({ imported: 1, owing: 1 });
    expect(notes().map(({ sk }) => sk?.S)).toEqual([finding.fingerprint]);
  });

  it('is imported a hundred at once and 300 a run, and what is refused for good keeps none waiting', async () => {
    const { run, owed, record, calls, notes } = world();
    const findings = Array.from({ length: 310 }, (_, index) => findingOf({ rule: `rule-${index}` }));
    for (const { finding } of await record(1, { findings })) await owed.note(finding);
    const tried = new Set<string>();
    const refusing: SecurityHub['importFindings'] = async (some) => {
      calls.push(some.length);
      for (const { Id } of some) tried.add(Id);
      return some.map(({ Id }) => ({ id: Id, code: 'InvalidInput', reason: 'no' }));
    };
    for (const minutes of [0, 5])
      await run(refusing, owed, () => new Date(now().getTime() + minutes * 60_000));
    expect(calls).toEqual(Array.from({ length: 6 }, () => 100));
    expect(tried.size).toBe(310);
    expect(notes()).toHaveLength(310);
  });
});
