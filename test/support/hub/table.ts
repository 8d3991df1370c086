import {
  type BatchGetItemCommandInput,
  type BatchWriteItemCommandInput,
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItemsCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { FINDING_TABLE } from '../../../shared/aws/findings/table.ts';
import { holds, type Item, type Placeholders, updated } from './expression.ts';

/** A DynamoDB table in this process, with the keys, indexes, conditions, transactions and stream of the deployed one. */
export interface Table {
  readonly items: ReadonlyMap<string, Item>;
  /** Answers an operation as the service does, each at once and whole; a partial answer where `partial`. */
  readonly answer: (operation: string, input: object, partial: boolean) => object;
  /** Items that were inserted since the last call, as the stream tells them. */
  readonly inserted: () => readonly Item[];
}

/** Makes it, with items that were there before and that the stream told long ago. */
export function createTable(before: ReadonlyMap<string, Item> = new Map()): Table {
  const items = new Map(before);
  let stream: Item[] = [];
  const write = (item: Item): void => {
    if (!items.has(nameOf(item))) stream.push(item);
    items.set(nameOf(item), item);
  };
  return {
    items,
    answer: (operation, input, partial) => answer({ items, write }, operation, input, partial),
    inserted: () => {
      const all = stream;
      stream = [];
      return all;
    },
  };
}

interface Contents {
  readonly items: Map<string, Item>;
  readonly write: (item: Item) => void;
}

const { partitionKey, sortKey, local, listed } = FINDING_TABLE;
const nameOf = (item: Item): string => `${item[partitionKey]?.S} ${item[sortKey]?.S}`;

function answer(contents: Contents, operation: string, input: object, partial: boolean): object {
  const { items, write } = contents;
  switch (operation) {
    case 'GetItem':
      return { Item: items.get(nameOf((input as GetItemCommandInput).Key ?? {})) };
    case 'PutItem':
      return applyOr(contents, [{ Put: input as PutItemCommandInput }], conditionFailed);
    case 'DeleteItem': {
      const deleted = input as DeleteItemCommandInput;
      const name = nameOf(deleted.Key ?? {});
      if (!holds(deleted.ConditionExpression, items.get(name), deleted as Placeholders))
        throw conditionFailed();
      items.delete(name);
      return {};
    }
    case 'UpdateItem':
      return applyOr(
        contents,
        [{ Update: { UpdateExpression: undefined, ...(input as UpdateItemCommandInput) } }],
        conditionFailed,
      );
    case 'TransactWriteItems':
      return applyOr(contents, (input as TransactWriteItemsCommandInput).TransactItems ?? [], canceled);
    case 'Query':
      return query(items, input as QueryCommandInput, partial);
    case 'BatchGetItem': {
      const [[name, request]] = Object.entries((input as BatchGetItemCommandInput).RequestItems ?? {}) as [
        [string, { Keys: Item[] }],
      ];
      const count = partial ? Math.ceil(request.Keys.length / 2) : request.Keys.length;
      const found = request.Keys.slice(0, count).flatMap((key): Item[] => {
        const item = items.get(nameOf(key));
        return item === undefined ? [] : [item];
      });
      const Keys = request.Keys.slice(count);
      return {
        Responses: { [name]: found },
        ...(Keys.length > 0 && { UnprocessedKeys: { [name]: { ...request, Keys } } }),
      };
    }
    case 'BatchWriteItem': {
      const [[name, requests]] = Object.entries((input as BatchWriteItemCommandInput).RequestItems ?? {}) as [
        [string, { PutRequest: { Item: Item } }[]],
      ];
      const count = partial ? Math.ceil(requests.length / 2) : requests.length;
      for (const { PutRequest } of requests.slice(0, count)) write(PutRequest.Item);
      const left = requests.slice(count);
      return left.length > 0 ? { UnprocessedItems: { [name]: left } } : {};
    }
    default:
      throw new Error(`This table does not know ${operation}.`);
  }
}

type Write =
  | NonNullable<TransactWriteItemsCommandInput['TransactItems']>[number]
  | { Put: PutItemCommandInput };

/** Writes all or nothing; `refuse` makes the error from which of the conditions failed. */
function applyOr(
  { items, write }: Contents,
  writes: readonly Write[],
  refuse: (failed: readonly boolean[]) => Error,
): object {
  const parts = writes.map((each) => {
    const { Put, Update, ConditionCheck } = each as Exclude<Write, { Put: PutItemCommandInput }>;
    const part = Put ?? Update ?? ConditionCheck;
    const key = Put?.Item ?? Update?.Key ?? ConditionCheck?.Key;
    if (part === undefined || key === undefined) throw new Error('This table does not know such a write.');
    const before = items.get(nameOf(key));
    const failed = !holds(part.ConditionExpression, before, part as Placeholders);
    const after = (): Item | undefined =>
      Put?.Item ?? (Update && updated(Update.UpdateExpression ?? '', before ?? key, Update as Placeholders));
    return { failed, after };
  });
  if (parts.some(({ failed }) => failed)) throw refuse(parts.map(({ failed }) => failed));
  for (const { after } of parts) {
    const item = after();
    if (item !== undefined) write(item);
  }
  return {};
}

const conditionFailed = (): Error =>
  new ConditionalCheckFailedException({ $metadata: {}, message: 'The conditional request failed' });

const canceled = (failed: readonly boolean[]): Error =>
  new TransactionCanceledException({
    $metadata: {},
    message: 'Transaction cancelled',
    CancellationReasons: failed.map((each) => ({ Code: each ? 'ConditionalCheckFailed' : 'None' })),
  });

/** The sort key of an index; items without it are not in the index. */
function sortOf(index: string | undefined): string {
  if (index === undefined) return sortKey;
  if (index === listed.name) return listed.sortKey;
  if (Object.values<string>(local).includes(index)) return index;
  throw new Error(`The table has no index ${index}.`);
}

function query(items: ReadonlyMap<string, Item>, input: QueryCommandInput, partial: boolean): object {
  const sort = sortOf(input.IndexName);
  if (input.IndexName === listed.name && input.ConsistentRead === true)
    throw new Error('A global index cannot be read consistently.');
  const found = [...items.values()]
    .filter((item) => item[sort] !== undefined)
    .filter((item) => holds(input.KeyConditionExpression, item, input as Placeholders))
    .sort((a, b) => ((a[sort]?.S ?? '') < (b[sort]?.S ?? '') ? -1 : 1));
  if (input.ScanIndexForward === false) found.reverse();
  const start = input.ExclusiveStartKey === undefined ? '' : nameOf(input.ExclusiveStartKey);
  const rest = found.slice(start === '' ? 0 : found.findIndex((item) => nameOf(item) === start) + 1);
  const page = rest.slice(0, partial ? 1 : input.Limit);
  const last = page.at(-1);
  return {
    Items: page,
    ...(last !== undefined &&
      page.length < rest.length && {
        LastEvaluatedKey: { [partitionKey]: last[partitionKey], [sortKey]: last[sortKey] },
      }),
  };
}
