import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { FINDING_TABLE } from '../../shared/aws/findings/table.ts';

const { partitionKey, sortKey, local, listed } = FINDING_TABLE;

const schema = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

/** The table of findings as an emulator makes it. */
export function createTableInput(name: string): CreateTableCommandInput {
  const attributes = [partitionKey, sortKey, ...Object.values(local), listed.partitionKey, listed.sortKey];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: schema(partitionKey, sortKey),
    LocalSecondaryIndexes: Object.values(local).map((IndexName) => ({
      IndexName,
      KeySchema: schema(partitionKey, IndexName),
      Projection: { ProjectionType: 'ALL' },
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: listed.name,
        KeySchema: schema(listed.partitionKey, listed.sortKey),
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
}
