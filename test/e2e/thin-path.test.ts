import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import template from '../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { type Notice, noticeSchema } from '../../shared/pipeline/notice.ts';
import { ACCOUNT, type Deployment, deployHub } from './deployment.ts';

const SOURCE = 'podtrust.test';
const ISSUER = 'oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`;
const ROLE = 'payments-api';

const sound = {
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: {
      [`${ISSUER}:sub`]: 'system:serviceaccount:payments:api',
      [`${ISSUER}:aud`]: 'sts.amazonaws.com',
    },
  },
};

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

let hub: Deployment;
let iam: IAMClient;
let bus: EventBridgeClient;
let sqs: SQSClient;
let executions: SFNClient;
let inbox: string;
let events = 0;

beforeAll(async () => {
  hub = await deployHub({ extraSources: SOURCE, batchSeconds: '0' });
  iam = new IAMClient(hub.client);
  bus = new EventBridgeClient(hub.client);
  sqs = new SQSClient(hub.client);
  executions = new SFNClient(hub.client);
  inbox = await subscribedQueue();
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${ISSUER}`, ClientIDList: ['sts.amazonaws.com'] }),
  );
  await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: policy(sound) }));
});

afterAll(async () => {
  await hub?.close();
});

/** A queue that the topic delivers to, as a team would subscribe one. */
async function subscribedQueue(): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await new SNSClient(hub.client).send(
    new SubscribeCommand({
      TopicArn: hub.outputs.TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.['QueueArn'] ?? '',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return QueueUrl;
}

/** Changes the trust policy through the IAM API and puts the record that CloudTrail writes of it on the bus. */
async function changeTrust(PolicyDocument: string): Promise<string> {
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument }));
  events += 1;
  const id = `e2e-${events}`;
  await put(recordOf(PolicyDocument, id));
  return id;
}

function recordOf(policyDocument: string, eventID: string) {
  return {
    ...structuredClone(template.detail),
    eventID,
    eventTime: new Date().toISOString(),
    recipientAccountId: ACCOUNT,
    requestParameters: { roleName: ROLE, policyDocument },
  };
}

async function put(detail: object): Promise<void> {
  const { FailedEntryCount } = await bus.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: hub.outputs.BusName,
          Source: SOURCE,
          DetailType: template['detail-type'],
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  expect(FailedEntryCount).toBe(0);
}

async function until<T>(what: string, probe: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const found = await probe();
    if (found !== undefined) return found;
    await sleep(250);
  }
  throw new Error(
    `${what} did not happen within ${seconds} seconds. The emulator said:\n${hub.emulator.output().slice(-4000)}`,
  );
}

interface Received {
  readonly notice: Notice;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** What the subscribed queue holds, taken out of it. */
async function received(WaitTimeSeconds: number): Promise<Received[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: inbox,
      WaitTimeSeconds,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: inbox, ReceiptHandle }));
  }
  return Messages.map(({ Body = '', MessageAttributes = {} }) => ({
    notice: noticeSchema.parse(JSON.parse(Body)),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
  }));
}

/** The one notice that comes next. */
async function nextNotice(): Promise<Received> {
  const all = await until('a notice', async () => {
    const some = await received(1);
    return some.length > 0 ? some : undefined;
  });
  expect(all.map(({ notice }) => notice.text)).toHaveLength(1);
  return all[0]!;
}

async function outputOf(executionArn = ''): Promise<unknown> {
  const { output = '' } = await executions.send(new DescribeExecutionCommand({ executionArn }));
  return JSON.parse(output);
}

/** The executions so far, once all of them have ended. */
async function endedExecutions(count: number) {
  return until(`the end of ${count} executions`, async () => {
    const { executions: all = [] } = await executions.send(
      new ListExecutionsCommand({ stateMachineArn: hub.outputs.StateMachineArn }),
    );
    return all.length >= count && all.every(({ status }) => status !== 'RUNNING') ? all : undefined;
  });
}

describe('a change of a trust policy on the emulator', () => {
  it('that leaves the role sound is judged and tells nothing', async () => {
    await changeTrust(policy({ ...sound, Sid: 'Pods' }));
    const [only] = await endedExecutions(1);
    expect(only?.status).toBe('SUCCEEDED');
    expect(await outputOf(only?.executionArn)).toMatchObject({ evaluated: { notices: 0 } });
  });

  it('that opens the role to the world is told with who did it', async () => {
    const event = await changeTrust(
      policy(sound, { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }),
    );
    const { notice, attributes } = await nextNotice();
    expect(notice).toMatchObject({
      type: 'finding',
      account: ACCOUNT,
      finding: { rule: 'no-public-trust', kind: 'open', role: `arn:aws:iam::${ACCOUNT}:role/${ROLE}` },
      cause: {
        eventId: event,
        sourceAddress: '203.0.113.24',
        actor: {
          arn: 'arn:aws:iam::111122223333:role/people/PlatformEngineer',
          session: 'alice@example.com',
        },
      },
    });
    expect(attributes).toMatchObject({
      rule: 'no-public-trust',
      kind: 'open',
      account: ACCOUNT,
      status: 'open',
    });
  });

  it('that names a provider which does not exist is told as broken', async () => {
    const gone = PROVIDER.replace('0123456789ABCDEF0', 'FEDCBA98765432100');
    await changeTrust(policy({ ...sound, Principal: { Federated: gone } }));
    const { notice } = await nextNotice();
    expect(notice).toMatchObject({
      type: 'finding',
      finding: { rule: 'no-unknown-provider', kind: 'broken' },
    });
  });

  it('that repairs the role tells nothing, and neither does its event when it comes again', async () => {
    const record = await changeTrust(policy(sound));
    const ended = await endedExecutions(4);
    await put(recordOf(policy(sound), record));
    await put({ ...recordOf(policy(sound), 'e2e-failed'), errorCode: 'AccessDenied' });
    await sleep(3000);
    expect(await endedExecutions(4)).toHaveLength(ended.length);
    expect(ended.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(await received(1)).toEqual([]);
  });
});

it('an event that cannot be read ends in the dead-letter queue, with its text', async () => {
  const { QueueUrls = [] } = await sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: 'PodtrustHub-IntakeQueue' }),
  );
  // As deployed a message is hidden for minutes between two tries.
  for (const QueueUrl of QueueUrls) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '1' } }));
  }
  await put({ ...recordOf(policy(sound), 'poison'), recipientAccountId: 'nobody' });
  const dead = await until('a dead letter', async () => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: hub.outputs.DeadLetterQueueUrl }),
    );
    return Messages?.[0]?.Body;
  });
  expect(JSON.parse(dead)).toMatchObject({ detail: { eventID: 'poison' } });
});
