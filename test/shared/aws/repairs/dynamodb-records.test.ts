import { randomBytes } from 'node:crypto';
import { DynamoDBClient, ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamodbRecords } from '../../../../shared/aws/repairs/dynamodb-records.ts';
import { createTable } from '../../../support/hub/table.ts';
import { repairStoreSuite } from '../../../support/repair-store-suite.ts';

/** Records in a table in this process, and the names of the calls that were made. */
function stage(failure?: Error) {
  const table = createTable();
  const calls: string[] = [];
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  client.middlewareStack.add(
    (_next, { commandName = '' }) =>
      async ({ input }) => {
        const operation = commandName.replace(/Command$/, '');
        calls.push(operation);
        if (failure !== undefined) throw failure;
        return { output: { $metadata: {}, ...table.answer(operation, input, false) }, response: {} };
      },
    { step: 'initialize', priority: 'low' },
  );
  return { records: dynamodbRecords(client, () => 'repairs'), calls, table };
}

repairStoreSuite(async () => stage().records);

it('a text that no item takes is refused before it is written', async () => {
  const { records, calls } = stage();
  const text = randomBytes(400_000).toString('base64');
  await expect(records.write('p', 's', text, 0)).rejects.toMatchObject({ name: 'TooLargeRecordError' });
  expect(calls).toEqual([]);
});

it('a failure of the table is thrown, and never an answer', async () => {
  const failure = new ProvisionedThroughputExceededException({ $metadata: {}, message: 'slow down' });
  const { records } = stage(failure);
  await expect(records.read('p', 's')).rejects.toBe(failure);
  await expect(records.write('p', 's', '', 0)).rejects.toBe(failure);
  await expect(records.list('p', '')).rejects.toBe(failure);
  await expect(records.last('p', '')).rejects.toBe(failure);
});
