import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { readRecord, UnreadableRecordError } from '../../findings/stored.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { type Lane, laneKey } from '../../pipeline/lane.ts';
import { type LaneStore, laneRegister } from '../../pipeline/lane-register.ts';
import { idleLane, type LaneState, laneStateSchema } from '../../pipeline/lane-state.ts';
import type { ScopeRegister } from '../../pipeline/register.ts';
import { encryptedTable } from '../findings/dynamodb-store.ts';
import { FINDING_TABLE, keys, LANE_SORT_KEY, SHARDS } from '../findings/table.ts';

/** What a lane's own turn needs. */
export const registerPermissions: readonly Permission[] = [
  { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], on: 'table' },
  encryptedTable,
];

/** What looking for busy lanes needs besides. */
export const busyLanePermissions: readonly Permission[] = [
  { actions: ['dynamodb:Query'], on: 'table-and-indexes' },
];

/** Others wrote the lane, again and again. */
export class RegisterConflictError extends Error {
  override readonly name = 'RegisterConflictError';
  constructor(lane: Lane) {
    super(
      `The lane ${laneKey(lane)} was written by others ${MOST_ATTEMPTS} times meanwhile. Try again: nothing is lost.`,
    );
  }
}

const MOST_ATTEMPTS = 20;
/** A lane that nobody asks for is forgotten. */
const FORGET_AFTER_DAYS = 90;

export interface RegisterOptions {
  readonly hash: (text: string) => string;
  readonly now: () => Date;
  /** Waits before another try, the first of which has number 1. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** The register in the table of findings: one item for each lane, written on condition that nobody else wrote it. */
export function tableRegister(
  client: DynamoDBClient,
  tableName: () => string,
  options: RegisterOptions,
): ScopeRegister {
  const { hash, now, pause } = options;
  const store: LaneStore = {
    update: async (lane, change) => {
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
        const { version, state } = await read(client, tableName(), lane);
        const result = change(state);
        if (result.state === state) return result.answer;
        if (await write(client, tableName(), result.state, version + 1, options)) return result.answer;
        await pause(attempt);
      }
      throw new RegisterConflictError(lane);
    },
    busy: async function* (unreadable) {
      for (const shard of SHARDS) {
        const pages = paginateQuery(
          { client },
          {
            TableName: tableName(),
            IndexName: FINDING_TABLE.listed.name,
            KeyConditionExpression: 'listed = :listed',
            ExpressionAttributeValues: { ':listed': { S: `busy#${shard}` } },
          },
        );
        for await (const { Items = [] } of pages) yield* readable(Items, unreadable);
      }
    },
  };
  return laneRegister(store, hash, now);
}

const key = (lane: Lane): Record<string, AttributeValue> => ({
  pk: { S: keys.lane(laneKey(lane)) },
  sk: { S: LANE_SORT_KEY },
});

async function read(
  client: DynamoDBClient,
  TableName: string,
  lane: Lane,
): Promise<{ version: number; state: LaneState }> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: key(lane), ConsistentRead: true }));
  if (Item === undefined) return { version: 0, state: idleLane(lane) };
  return { version: Number(Item['version']?.N), state: stateIn(Item) };
}

function readable(
  items: readonly Record<string, AttributeValue>[],
  unreadable: (error: Error) => void,
): LaneState[] {
  return items.flatMap((item) => {
    try {
      return [stateIn(item)];
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      unreadable(error);
      return [];
    }
  });
}

/** Throws UnreadableRecordError when the item is not what podtrust wrote. */
function stateIn(item: Record<string, AttributeValue>): LaneState {
  return readRecord(laneStateSchema, item['pk']?.S ?? '', item['body']?.S ?? '');
}

async function write(
  client: DynamoDBClient,
  TableName: string,
  state: LaneState,
  version: number,
  { hash, now }: RegisterOptions,
): Promise<boolean> {
  const { lane, out } = state;
  const expires = Math.floor(now().getTime() / 1000) + FORGET_AFTER_DAYS * 86_400;
  const condition =
    version === 1
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#version = :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': { N: String(version - 1) } },
        };
  try {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: {
          ...key(lane),
          version: { N: String(version) },
          body: { S: JSON.stringify(state) },
          ...(out === null
            ? { expires: { N: String(expires) } }
            : {
                listed: { S: `busy#${hash(laneKey(lane)).slice(0, 1)}` },
                since: { S: `${out.since} ${laneKey(lane)}` },
              }),
        },
        ...condition,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
