import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Step } from '../../findings/lifecycle.ts';
import type { Memories } from '../../findings/memory.ts';
import { findingScopeKey, scopesAround } from '../../findings/scope.ts';
import type { Commit } from '../../findings/store.ts';
import type { Transition } from '../../findings/transition.ts';
import { findingItem, type Item, memoryKey, transitionItem } from './items.ts';

/** DynamoDB API reference, TransactWriteItems: 100 actions and 4 MB; some of the size is left for keys and conditions. */
const MOST_ACTIONS = 100;
const MOST_BYTES = 3_500_000;

interface Transaction {
  readonly writes: TransactWriteItem[];
  readonly checks: Map<string, TransactWriteItem>;
  readonly transitions: Transition[];
  bytes: number;
}

/** Writes steps in as few transactions as fit, one after the other; stops at the first conflict. */
export async function commitSteps(
  client: DynamoDBClient,
  table: string,
  steps: readonly Step[],
  memories: Memories,
): Promise<Commit> {
  const transitions: Transition[] = [];
  for (const { writes, checks, transitions: written } of transactionsOf(table, steps, memories)) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: [...checks.values(), ...writes] }));
    } catch (error) {
      if (isConflict(error)) return { outcome: 'conflict', transitions };
      throw error;
    }
    transitions.push(...written);
  }
  return { outcome: 'written', transitions };
}

/** Steps, each whole and with its checks, in transactions. A check that several steps of one need is made once. */
function transactionsOf(table: string, steps: readonly Step[], memories: Memories): Transaction[] {
  const transactions: Transaction[] = [];
  let current: Transaction | undefined;
  for (const step of steps) {
    const writes = writesOf(table, step);
    const checks = checksOf(table, step, memories);
    const bytes = writes.reduce((sum, { Put }) => sum + sizeOf(Put?.Item ?? {}), 0);
    if (current === undefined || !fits(current, writes, checks, bytes)) {
      current = { writes: [], checks: new Map(), transitions: [], bytes: 0 };
      transactions.push(current);
    }
    current.writes.push(...writes);
    for (const [key, check] of checks) current.checks.set(key, check);
    if (step.transition !== null) current.transitions.push(step.transition);
    current.bytes += bytes;
  }
  return transactions;
}

function fits(
  transaction: Transaction,
  writes: readonly TransactWriteItem[],
  checks: ReadonlyMap<string, TransactWriteItem>,
  bytes: number,
): boolean {
  const distinct = new Set([...transaction.checks.keys(), ...checks.keys()]);
  const actions = transaction.writes.length + writes.length + distinct.size;
  return actions <= MOST_ACTIONS && transaction.bytes + bytes <= MOST_BYTES;
}

function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value.S ?? value.N ?? ''),
    0,
  );
}

function writesOf(TableName: string, { before, after, transition }: Step): TransactWriteItem[] {
  const writes: TransactWriteItem[] = [
    { Put: { TableName, Item: findingItem(after), ...ifVersion(before?.version ?? 0) } },
  ];
  if (transition !== null)
    writes.push({ Put: { TableName, Item: transitionItem(transition), ...ifVersion(0) } });
  return writes;
}

/** The scopes around a finding must still have been judged by nobody newer than those that were asked. */
function checksOf(TableName: string, { after }: Step, memories: Memories): Map<string, TransactWriteItem> {
  return new Map(
    scopesAround(after.finding).map((scope) => {
      const key = findingScopeKey(scope);
      const version = memories.get(key)?.version ?? 0;
      return [
        key,
        { ConditionCheck: { TableName, Key: memoryKey(scope.account, key), ...ifVersion(version) } },
      ];
    }),
  );
}

/** The condition that an item is of a version; 0: that there is none. */
function ifVersion(version: number) {
  if (version === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}

/** Somebody else wrote, or is writing, one of the items. Anything else that cancels a transaction is a failure. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
}
