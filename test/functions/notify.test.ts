import { beforeEach, expect, it, vi } from 'vitest';
import { createHandler } from '../../functions/notify/handler.ts';
import { transitionItem } from '../../shared/aws/findings/items.ts';
import { stepsOf } from '../../shared/findings/lifecycle.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logger } from '../../shared/lambda/logger.ts';
import { LAMBDA_CONTEXT } from '../../simulator/pipeline/interpreter.ts';
import { auditOf, findingOf } from '../support/findings.ts';
import { silent } from '../support/pipeline.ts';

const [step] = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });
const image = transitionItem(step!.transition!);

beforeEach(() => {
  logger.setLogLevel('SILENT');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

async function handled(Records: readonly object[]) {
  const sent: (string | undefined)[] = [];
  const handler = createHandler({
    outbox: { isPublished: async () => false, markPublished: async () => {} },
    topic: { publish: async ({ attributes }) => void sent.push(attributes['id']) },
    telemetry: silent,
    now: () => new Date(),
  });
  return { response: await handler({ Records }, LAMBDA_CONTEXT), sent };
}

function insert(SequenceNumber: string, NewImage: object) {
  return { eventID: 'e', eventName: 'INSERT', dynamodb: { SequenceNumber, NewImage } };
}

it('publishes inserted transitions, and nothing else of the table', async () => {
  const { response, sent } = await handled([
    insert('1', { pk: { S: 'account#1' }, sk: { S: 'finding#1' }, body: { S: '{}' } }),
    insert('2', image),
    { eventName: 'MODIFY', dynamodb: { SequenceNumber: '3', NewImage: image } },
    { eventName: 'REMOVE', dynamodb: { SequenceNumber: '4' } },
  ]);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(sent).toEqual([step!.transition!.id]);
});

it.each<[string, object]>([
  ['is no JSON', { ...image, body: { S: '{' } }],
  ['is no transition', { ...image, body: { S: '{"id":1}' } }],
  ['has no body', { sk: image['sk'] }],
  ['has a body of another type', { ...image, body: { N: '1' } }],
])('hands back a record that %s by its sequence number, and goes on', async (_name, broken) => {
  const { response, sent } = await handled([insert('1', broken), insert('2', image)]);
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  expect(sent).toHaveLength(1);
});
