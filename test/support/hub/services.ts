import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { ExecutionAlreadyExists, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { dynamodbEvidence } from '../../../shared/aws/evidence/dynamodb-evidence.ts';
import { dynamodbStore } from '../../../shared/aws/findings/dynamodb-store.ts';
import { waiverTable } from '../../../shared/aws/findings/waiver-table.ts';
import { s3Claims } from '../../../shared/aws/pipeline/claims.ts';
import { stateMachineEvaluations } from '../../../shared/aws/pipeline/evaluations.ts';
import { tableHistory } from '../../../shared/aws/pipeline/history.ts';
import { dynamodbOutbox } from '../../../shared/aws/pipeline/outbox.ts';
import { tableRelations } from '../../../shared/aws/pipeline/relations.ts';
import { tableRegister } from '../../../shared/aws/pipeline/scope-register.ts';
import { awsSecurityHub, placeOfProduct } from '../../../shared/aws/pipeline/security-hub.ts';
import { snsChatTopic, snsTopic } from '../../../shared/aws/pipeline/topic.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { type Turn, turnSchema } from '../../../shared/pipeline/lane.ts';
import type { Message } from '../../../shared/pipeline/message.ts';
import type { Services } from '../../../simulator/pipeline/services.ts';
import type { Calls } from './calls.ts';
import { failureOf } from './failures.ts';
import { createTable, type Table } from './table.ts';

const TABLE = 'findings';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:transitions';
const CHAT = 'arn:aws:sns:eu-west-1:111122223333:chat';
const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Reevaluate';
const PRODUCT = 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default';

/** What a subscriber of a topic received. */
interface Told {
  readonly id: string;
  readonly change: string;
  readonly rule: string;
}

/** The hub's services as podtrust's own adapters see them, and what is in them. */
export interface Hub {
  readonly services: Services;
  readonly table: Table;
  readonly objects: ReadonlyMap<string, string>;
  readonly told: readonly Told[];
  readonly chatted: readonly string[];
  /** Security Hub's findings by their ids. */
  readonly imported: ReadonlyMap<string, { readonly RecordState?: string; readonly GeneratorId?: string }>;
}

/**
 * The adapters of the deployed functions with real SDK clients, one attempt a call, whose requests are answered in this
 * process and struck by faults: behind the SDK's serializing, signing and retrying.
 */
export function hubServices(calls: Calls, now: () => Date): Hub {
  const table = createTable();
  const objects = new Map<string, string>();
  const told: Told[] = [];
  const chatted: string[] = [];
  const imported = new Map<string, { readonly RecordState?: string; readonly GeneratorId?: string }>();
  const started: Turn[] = [];
  const names = new Set<string>();
  const on = <C extends Client>(client: C, prefix: string, answer: Answer): C =>
    attach(client, prefix, answer, calls);

  const dynamodb = on(new DynamoDBClient(CONFIG), 'dynamodb', table.answer);
  const s3 = on(new S3Client(CONFIG), 's3', (operation, input) => {
    const { Key = '', Body = '' } = input as { Key?: string; Body?: string };
    if (operation === 'PutObject') objects.set(Key, Body);
    if (operation === 'PutObject') return {};
    const text = objects.get(Key);
    if (text === undefined) throw new NoSuchKey({ $metadata: {}, message: 'The key does not exist.' });
    return { Body: { transformToString: async () => text } };
  });
  const sns = on(new SNSClient(CONFIG), 'sns', (_operation, input) => {
    const { TopicArn, Message: body = '' } = input as { TopicArn?: string; Message?: string };
    if (TopicArn === CHAT) chatted.push(body);
    else {
      const { id, change, finding } = JSON.parse(JSON.parse(body).default);
      told.push({ id, change, rule: finding.rule });
    }
    return { MessageId: String(told.length) };
  });
  const states = on(new SFNClient(CONFIG), 'states', (operation, input) => {
    const { name = '', input: text = '', executionArn = '' } = input as Record<string, string>;
    const failure = { $metadata: {}, message: 'no' };
    if (operation === 'DescribeExecution') {
      const asked = executionArn.split(':').at(-1) ?? '';
      if (!names.has(asked)) throw new ExecutionDoesNotExist(failure);
      return { status: started.some((turn) => turn.name === asked) ? 'RUNNING' : 'FAILED' };
    }
    if (names.has(name) && !started.some((turn) => turn.name === name))
      throw new ExecutionAlreadyExists(failure);
    if (!names.has(name)) started.push(turnSchema.parse(JSON.parse(text)));
    names.add(name);
    return {};
  });
  const securityHub = on(new SecurityHubClient(CONFIG), 'securityhub', (_operation, input) => {
    const { Findings = [] } = input as {
      Findings?: { Id: string; RecordState?: string; GeneratorId?: string }[];
    };
    for (const finding of Findings) imported.set(finding.Id, finding);
    return { FailedCount: 0, SuccessCount: Findings.length };
  });

  const tableName = () => TABLE;
  const pause = async () => {};
  const published: Message[] = [];
  return {
    table,
    objects,
    told,
    chatted,
    imported,
    services: {
      claims: s3Claims(s3, () => 'claims'),
      history: tableHistory(dynamodb, tableName, pause),
      register: tableRegister(dynamodb, tableName, { hash: sha256, now, pause }),
      relations: tableRelations(dynamodb, tableName, sha256, now),
      evidence: dynamodbEvidence(dynamodb, tableName, pause),
      store: dynamodbStore(dynamodb, tableName),
      waivers: waiverTable(dynamodb, tableName, sha256),
      outbox: dynamodbOutbox(dynamodb, tableName),
      topic: snsTopic(sns, () => TOPIC),
      chat: snsChatTopic(sns, () => CHAT),
      securityHub: { securityHub: awsSecurityHub(securityHub), place: () => placeOfProduct(PRODUCT) },
      evaluations: stateMachineEvaluations(states, () => MACHINE),
      started,
      published,
      inserted: async () => table.inserted(),
      close: () => {},
    },
  };
}

const CONFIG = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  maxAttempts: 1,
};

type Answer = (operation: string, input: object, partial: boolean) => object;

interface Client {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

/** Lets a client be answered here, each attempt after it was struck. */
function attach<C extends Client>(client: C, prefix: string, answer: Answer, calls: Calls): C {
  const middleware =
    (_next: unknown, { commandName = '' }: { readonly commandName?: string }) =>
    async ({ input }: { readonly input: object }) => {
      await calls.alive();
      const operation = commandName.replace(/Command$/, '');
      const how = calls.strike(`${prefix}:${operation}`);
      if (how === 'crash-before') return calls.crash();
      const failure = how === null ? null : failureOf(prefix, how);
      if (failure !== null) throw failure;
      const output = answer(operation, input, how === 'partial-page');
      if (how === 'crash-after') return calls.crash();
      if (how === 'lost-answer') throw failureOf(prefix, 'timeout');
      return { output: { ...output, $metadata: { httpStatusCode: 200 } }, response: {} };
    };
  client.middlewareStack.add(middleware as never, { step: 'deserialize', priority: 'high' } as never);
  return client;
}
