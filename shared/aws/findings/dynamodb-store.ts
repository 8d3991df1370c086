import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  type QueryCommandInput,
  TransactionConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type FindingScope, findingScopeKey, inScope } from '../../findings/scope.ts';
import type { FindingStore, Written } from '../../findings/store.ts';
import { passingOver, type ScopeMemory, type StoredFinding } from '../../findings/stored.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { batchGet } from './batch-get.ts';
import {
  type Item,
  memoryItem,
  memoryKey,
  readFinding,
  readMemory,
  readTransition,
  transitionKey,
} from './items.ts';
import { FINDING_TABLE, keys, SHARDS } from './table.ts';
import { commitSteps } from './transactions.ts';

/** What a table encrypted with a key of one's own asks of those who write it, as the CDK grants it. */
export const encryptedTable: Permission = {
  actions: [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
  on: 'key',
};

/** What recording an audit needs: each action of a transaction counts as itself. */
export const findingWritePermissions: readonly Permission[] = [
  { actions: ['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem', 'dynamodb:PutItem'], on: 'table' },
  { actions: ['dynamodb:Query'], on: 'table-and-indexes' },
  encryptedTable,
];

/** What marking a transition as published needs. */
export const findingMarkPermissions: readonly Permission[] = [
  { actions: ['dynamodb:UpdateItem'], on: 'table' },
  encryptedTable,
];

/** What listing what is open, or what nobody published, needs. */
export const findingListPermissions: readonly Permission[] = [
  { actions: ['dynamodb:Query'], on: 'table-and-indexes' },
  encryptedTable,
];

/** How long a published transition is kept. */
const KEEP_PUBLISHED_DAYS = 90;

/** The findings of an organization in a DynamoDB table (`table.ts`). */
export function dynamodbStore(client: DynamoDBClient, tableName: () => string): FindingStore {
  return {
    memories: async (scopes) => {
      const wanted = scopes.map((scope) => ({ scope, key: findingScopeKey(scope) }));
      const items = await batchGet(
        client,
        tableName(),
        wanted.map(({ scope, key }) => memoryKey(scope.account, key)),
      );
      const bySortKey = new Map(items.map((item) => [item['sk']?.S, readMemory(item)]));
      return new Map(
        wanted.flatMap(({ key }) => {
          const memory = bySortKey.get(keys.memory(key));
          return memory === undefined ? [] : [[key, memory] as const];
        }),
      );
    },
    remember: async (scope, memory) => remember(client, tableName(), scope, memory),
    findingsOf: async (scope) => {
      const found: StoredFinding[] = [];
      for await (const item of query(client, { ...inAccount(scope), TableName: tableName() })) {
        const stored = readFinding(item);
        if (inScope(stored.finding, scope)) found.push(stored);
      }
      return found;
    },
    commit: async (steps, memories) => commitSteps(client, tableName(), steps, memories),
    listOpen: async function* (account) {
      const inputs = account === undefined ? listed('open') : [inAccount({ kind: 'account', account })];
      for (const input of inputs) {
        for await (const item of query(client, { ...input, TableName: tableName() })) {
          if (item['status']?.S !== 'resolved') yield readFinding(item);
        }
      }
    },
    listUnpublished: async function* (unreadable) {
      for (const input of listed('unpublished')) {
        for await (const item of query(client, { ...input, TableName: tableName() })) {
          const transition = passingOver(() => readTransition(item), unreadable);
          if (transition !== undefined) yield transition;
        }
      }
    },
    markPublished: async (id, at) => markPublished(client, tableName(), id, at),
  };
}

async function remember(
  client: DynamoDBClient,
  TableName: string,
  scope: FindingScope,
  memory: ScopeMemory,
): Promise<Written> {
  const first = memory.version === 1;
  try {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: memoryItem(scope.account, findingScopeKey(scope), memory),
        ConditionExpression: first ? 'attribute_not_exists(pk)' : '#version = :version',
        ...(!first && {
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': { N: String(memory.version - 1) } },
        }),
      }),
    );
    return 'written';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException)
      return 'conflict';
    throw error;
  }
}

async function markPublished(client: DynamoDBClient, TableName: string, id: string, at: Date): Promise<void> {
  const expires = Math.ceil(at.getTime() / 1000) + KEEP_PUBLISHED_DAYS * 86_400;
  try {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: transitionKey(id),
        UpdateExpression: 'SET publishedAt = :at, expires = :expires REMOVE listed, since',
        ConditionExpression: 'attribute_exists(listed)',
        ExpressionAttributeValues: { ':at': { S: at.toISOString() }, ':expires': { N: String(expires) } },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

type QueryPart = Omit<QueryCommandInput, 'TableName'>;

/** The findings of an account, role or cluster as of now: local indexes can be read consistently, global ones cannot. */
function inAccount(scope: FindingScope): QueryPart {
  const { byRole, byCluster } = FINDING_TABLE.local;
  switch (scope.kind) {
    case 'account':
      return partition(scope.account, undefined, 'sk', 'begins_with(#sort, :sort)', keys.finding(''));
    case 'role':
      return partition(scope.account, byRole, byRole, '#sort = :sort', scope.role.toLowerCase());
    case 'cluster':
    case 'service-account': {
      const cluster = keys.cluster(scope.region, scope.cluster);
      return partition(scope.account, byCluster, byCluster, '#sort = :sort', cluster);
    }
  }
}

function partition(
  account: string,
  index: string | undefined,
  sort: string,
  condition: string,
  value: string,
): QueryPart {
  return {
    ...(index !== undefined && { IndexName: index }),
    ConsistentRead: true,
    KeyConditionExpression: `pk = :pk AND ${condition}`,
    ExpressionAttributeNames: { '#sort': sort },
    ExpressionAttributeValues: { ':pk': { S: keys.account(account) }, ':sort': { S: value } },
  };
}

/** One query for each part of a list. */
function listed(list: 'open' | 'unpublished'): QueryPart[] {
  return SHARDS.map((shard) => ({
    IndexName: FINDING_TABLE.listed.name,
    KeyConditionExpression: 'listed = :listed',
    ExpressionAttributeValues: { ':listed': { S: `${list}#${shard}` } },
  }));
}

async function* query(client: DynamoDBClient, input: QueryCommandInput): AsyncIterable<Item> {
  for await (const { Items = [] } of paginateQuery({ client }, input)) yield* Items;
}
