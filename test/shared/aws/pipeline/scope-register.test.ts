import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  InternalServerError,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { RegisterConflictError, tableRegister } from '../../../../shared/aws/pipeline/scope-register.ts';
import { UnreadableRecordError } from '../../../../shared/findings/stored.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import type { Lane, Turn } from '../../../../shared/pipeline/lane.ts';
import { laneRegister } from '../../../../shared/pipeline/lane-register.ts';
import { memoryLanes } from '../../../../shared/pipeline/memory-lanes.ts';
import type { ScopeRegister } from '../../../../shared/pipeline/register.ts';
import { requestOf } from '../../../support/pipeline.ts';
import { busyLanes, registerSuite } from '../../../support/register-suite.ts';
import { type StubTable, stubTable } from '../../../support/stub-table.ts';

const NOW = new Date('2026-11-20T09:00:00Z');
const lane: Lane = { kind: 'account', account: '111122223333' };

function setUp() {
  const table = stubTable();
  const pauses: number[] = [];
  const register = tableRegister(table.client, () => 'findings', {
    hash: sha256,
    now: () => NOW,
    pause: async (attempt) => void pauses.push(attempt),
  });
  return { table, register, pauses };
}

describe('in memory', () => registerSuite(async () => laneRegister(memoryLanes(), sha256, () => NOW)));
describe('in a table', () => registerSuite(async () => setUp().register));

const $metadata = {};
const FAILURES: readonly [string, Error][] = [
  [
    'denied',
    new DynamoDBServiceException({
      $metadata,
      name: 'AccessDeniedException',
      $fault: 'client',
      message: 'no',
    }),
  ],
  ['throttled', new ProvisionedThroughputExceededException({ $metadata, message: 'slow down' })],
  ['answered with an error of DynamoDB', new InternalServerError({ $metadata, message: 'sorry' })],
  ['cut off', Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })],
];

type Operation = (register: ScopeRegister, turn: Turn) => Promise<unknown>;

const asked = (register: ScopeRegister, id: string) =>
  register.request(lane, [requestOf({ causes: [{ ...requestOf().causes[0]!, eventId: id }] })], [id]);
const OPERATIONS: readonly [string, Operation][] = [
  ['a request', (register) => asked(register, 'e3')],
  ['a begin', (register, turn) => register.begin(turn)],
  ['a settle', (register, turn) => register.settle(turn, turn.number)],
  ['a replace', (register, turn) => register.replace(turn)],
];

/** A lane whose turn has begun, and that was asked once more since: `covering` is the turn's own number. */
async function busy(table: StubTable, register: ScopeRegister): Promise<Turn> {
  const turn = await asked(register, 'e1');
  await register.begin(turn!);
  await asked(register, 'e2');
  table.calls.length = 0;
  return turn!;
}

const bodies = ({ items }: StubTable) => [...items.values()].map(({ body }) => body?.S);

describe.each(OPERATIONS)('%s', (_operation, run) => {
  const cases = ['GetItem', 'PutItem'].flatMap((operation) =>
    FAILURES.flatMap(([what, error]) =>
      [false, true].map(
        (takesEffect) => [operation, what, takesEffect ? 'after' : 'before', { takesEffect, error }] as const,
      ),
    ),
  );

  it.each(cases)(
    'whose %s is %s %s it took effect, fails; again, it is as if it never had',
    async (...of) => {
      const [operation, , , fault] = of;
      const { table, register } = setUp();
      const other = setUp();
      const turn = await busy(table, register);
      const expected = await run(other.register, await busy(other.table, other.register));
      table.fault = (call) => (call.operation === operation ? fault : undefined);
      await expect(run(register, turn)).rejects.toBe(fault.error);
      table.fault = () => undefined;
      expect(await run(register, turn)).toEqual(expected);
      expect(bodies(table)).toEqual(bodies(other.table));
    },
  );

  it('whose write is repeated by the SDK, since the answer was lost, is done once', async () => {
    const { table, register } = setUp();
    const other = setUp();
    const turn = await busy(table, register);
    const expected = await run(other.register, await busy(other.table, other.register));
    let puts = 0;
    const error = new ConditionalCheckFailedException({ $metadata, message: 'it is there already' });
    table.fault = ({ operation }) => {
      if (operation !== 'PutItem') return undefined;
      puts += 1;
      return puts === 1 ? { takesEffect: true, error } : undefined;
    };
    expect(await run(register, turn)).toEqual(expected);
    expect(bodies(table)).toEqual(bodies(other.table));
  });

  it('that others write into is decided anew from what they wrote', async () => {
    const { table, register } = setUp();
    const turn = await busy(table, register);
    const rival = tableRegister(table.client, () => 'findings', {
      hash: sha256,
      now: () => NOW,
      pause: async () => {},
    });
    let meanwhile = 1;
    table.fault = async ({ operation }) => {
      if (operation === 'PutItem' && meanwhile > 0) {
        meanwhile -= 1;
        await asked(rival, 'rival');
      }
      return undefined;
    };
    await run(register, turn);
    const [lanes] = await busyLanes(register);
    const begun = await register.begin(lanes!.turn);
    const causes = begun!.requests.flatMap((request) => request.causes.map(({ eventId }) => eventId));
    expect(causes).toContain('rival');
    expect(causes).toContain('e2');
  });

  it('gives up after twenty writes of others, waiting longer each time, and changes nothing', async () => {
    const { table, register, pauses } = setUp();
    const turn = await busy(table, register);
    const before = bodies(table);
    const error = new ConditionalCheckFailedException({ $metadata, message: 'no' });
    table.fault = ({ operation }) => (operation === 'PutItem' ? { takesEffect: false, error } : undefined);
    await expect(run(register, turn)).rejects.toThrow(RegisterConflictError);
    expect(table.calls.filter(({ operation }) => operation === 'PutItem')).toHaveLength(20);
    expect(pauses.slice(0, 19)).toEqual(Array.from({ length: 19 }, (_, n) => n + 1));
    expect(bodies(table)).toEqual(before);
  });
});

describe('the record of a lane', () => {
  it('is read as of now, and written only when something changed', async () => {
    const { table, register } = setUp();
    const turn = await busy(table, register);
    await asked(register, 'e2');
    await register.settle({ ...turn, number: 1 }, 1);
    expect(table.calls.map(({ operation }) => operation)).toEqual(['GetItem', 'GetItem']);
    for (const { input } of table.calls) expect(input['ConsistentRead']).toBe(true);
  });

  it('is listed and kept while it is busy, then forgotten after ninety days', async () => {
    const { table, register } = setUp();
    const turn = await asked(register, 'e1');
    const item = () => [...table.items.values()][0]!;
    expect(item()['listed']?.S).toMatch(/^busy#[0-9a-f]$/);
    expect(item()).not.toHaveProperty('expires');
    await register.settle(turn!, (await register.begin(turn!))!.covering);
    expect(item()).not.toHaveProperty('listed');
    expect(item()['expires']?.N).toBe(String(NOW.getTime() / 1000 + 90 * 86_400));
  });

  it.each([
    ['no JSON', '{'],
    ['that of another version', '{"lane":{"kind":"galaxy"}}'],
  ])('that is %s is an error for its lane, and stops no other', async (_name, body) => {
    const { table, register } = setUp();
    await asked(register, 'e1');
    const [name, item] = [...table.items][0]!;
    table.items.set(name, { ...item, body: { S: body } });
    await expect(asked(register, 'e2')).rejects.toThrow(UnreadableRecordError);
    const other: Lane = { ...lane, account: '444455556666' };
    const turn = await register.request(other, [requestOf()], ['e3']);
    const unreadable: Error[] = [];
    const found: string[] = [];
    for await (const each of register.busy((error) => void unreadable.push(error)))
      found.push(each.turn.name);
    expect(found).toEqual([turn?.name]);
    expect(unreadable).toEqual([expect.any(UnreadableRecordError)]);
  });

  it('whose list cannot be read is an error: a lane that is left out would never go on', async () => {
    const { table, register } = setUp();
    const error = new InternalServerError({ $metadata, message: 'sorry' });
    table.fault = () => ({ takesEffect: false, error });
    await expect(busyLanes(register)).rejects.toBe(error);
  });
});
