import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** A call as the SDK would send it. */
interface TableCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What becomes of a call: thrown before it takes effect, or after. */
interface Fault {
  readonly takesEffect: boolean;
  readonly error: Error;
}

export interface StubTable {
  readonly client: DynamoDBClient;
  readonly items: Map<string, Item>;
  readonly calls: TableCall[];
  /** Asked for every call before it is answered; what it does meanwhile is done before the call. */
  fault: (call: TableCall) => Promise<Fault | undefined> | Fault | undefined;
  /** How many writes of a batch are taken; the rest is left over. */
  batch: number;
}

/** A DynamoDB table in memory, as far as lanes and relations use one; emulators check the rest. */
export function stubTable(): StubTable {
  const items = new Map<string, Item>();
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const table: StubTable = { client, items, calls: [], fault: () => undefined, batch: 25 };
  client.middlewareStack.add(
    (_next, { commandName = '' }) =>
      async ({ input }) => {
        const call = {
          operation: commandName.replace(/Command$/, ''),
          input: input as unknown as TableCall['input'],
        };
        table.calls.push(call);
        const fault = await table.fault(call);
        if (fault !== undefined && !fault.takesEffect) throw fault.error;
        const output = answer(call, table);
        if (fault !== undefined) throw fault.error;
        return { output: { $metadata: {}, ...output }, response: {} };
      },
    { step: 'initialize', priority: 'low' },
  );
  return table;
}

const nameOf = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.S}`;

function answer({ operation, input }: TableCall, { items, batch }: StubTable): object {
  switch (operation) {
    case 'GetItem':
      return { Item: items.get(nameOf(input['Key'] as Item)) };
    case 'PutItem': {
      const item = input['Item'] as Item;
      const known = items.get(nameOf(item));
      if (!holds(known, input)) throw new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
      items.set(nameOf(item), item);
      return {};
    }
    case 'Query': {
      const [[name, wanted]] = Object.entries(input['ExpressionAttributeValues'] as Item) as [
        [string, AttributeValue],
      ];
      return { Items: [...items.values()].filter((item) => item[name.slice(1)]?.S === wanted.S) };
    }
    case 'BatchWriteItem': {
      const [[table, writes]] = Object.entries(input['RequestItems'] as object) as [[string, WriteRequest[]]];
      for (const { PutRequest } of writes.slice(0, batch)) {
        if (PutRequest?.Item !== undefined) items.set(nameOf(PutRequest.Item), PutRequest.Item);
      }
      return writes.length <= batch ? {} : { UnprocessedItems: { [table]: writes.slice(batch) } };
    }
    default:
      throw new Error(`The stub table does not know ${operation}.`);
  }
}

/** The two conditions that podtrust writes under here: that there is no item, and that it has a version. */
function holds(known: Item | undefined, input: TableCall['input']): boolean {
  const values = input['ExpressionAttributeValues'] as Item | undefined;
  switch (input['ConditionExpression']) {
    case undefined:
      return true;
    case 'attribute_not_exists(pk)':
      return known === undefined;
    case '#version = :version':
      return known !== undefined && known['version']?.N === values?.[':version']?.N;
    default:
      throw new Error(`The stub table does not know the condition ${input['ConditionExpression']}.`);
  }
}
