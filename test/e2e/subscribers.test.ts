import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { HUB, REGION } from './deployment.ts';
import { clientsOf, createProvider, EVERYONE, hubOf, WebIdentityRole } from './hub.ts';
import { type Inbox, subscribe } from './inbox.ts';
import { until } from './until.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const { iam, eks } = clientsOf(deployed, deployed.hub);
const sqs = new SQSClient(deployed.hub);

const importedSchema = z.array(
  z.looseObject({
    Id: z.string(),
    ProductArn: z.string(),
    AwsAccountId: z.string(),
    GeneratorId: z.string(),
    RecordState: z.enum(['ACTIVE', 'ARCHIVED']),
    UpdatedAt: z.string(),
    Compliance: z.object({ Status: z.string() }),
    Resources: z.array(z.looseObject({ Type: z.string(), Id: z.string() })),
  }),
);

let inbox: Inbox;
let chatQueue = '';
let role: WebIdentityRole;

beforeAll(async () => {
  inbox = await subscribe(deployed, 'subscribers');
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'chat' }));
  chatQueue = QueueUrl;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await new SNSClient(deployed.hub).send(
    new SubscribeCommand({
      TopicArn: deployed.outputs.ChatTopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.['QueueArn'] ?? '',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const roleArn = `arn:aws:iam::${HUB}:role/cluster`;
  await eks.send(new CreateClusterCommand({ name: 'teams', roleArn, resourcesVpcConfig: {} }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'teams' }));
  const issuer = cluster?.identity?.oidc?.issuer ?? '';
  await createProvider(iam, issuer);
  role = new WebIdentityRole(iam, HUB, issuer, 'invoices');
  await role.create(role.sound);
  await hub.quiet();
});

/** The bodies of the chat queue that are about the role. */
const chat: string[] = [];
async function chatted(): Promise<readonly string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: chatQueue, MaxNumberOfMessages: 10 }),
  );
  for (const { Body = '', ReceiptHandle } of Messages) {
    chat.push(Body);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: chatQueue, ReceiptHandle }));
  }
  return chat.filter((body) => body.includes(role.arn));
}

/** What Security Hub was told of the role being open to everyone, oldest first. */
async function imported() {
  const all = importedSchema.parse(await (await fetch(deployed.securityHubEndpoint)).json());
  return all.filter(
    ({ GeneratorId, Resources }) =>
      GeneratorId === 'podtrust/no-public-trust' && Resources.some(({ Id }) => Id === role.arn),
  );
}

it('a finding reaches the chat topic in the form of Amazon Q Developer, and Security Hub in ASFF', async () => {
  await role.trust(role.sound, EVERYONE);
  const { message } = await inbox.next(
    'opened',
    ({ change, finding }) => change === 'new' && finding.role === role.arn,
  );
  const [body = ''] = await until('A chat message', async () => {
    const bodies = await chatted();
    return bodies.length > 0 ? bodies : undefined;
  });
  expect(JSON.parse(body)).toMatchObject({
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title: expect.any(String), description: expect.any(String) },
  });
  const [finding] = await until('An import', async () => {
    const some = await imported();
    return some.length > 0 ? some : undefined;
  });
  expect(finding).toMatchObject({
    Id: `podtrust/${HUB}/${message.finding.fingerprint}`,
    ProductArn: `arn:aws:securityhub:${REGION}:${HUB}:product/${HUB}/default`,
    AwsAccountId: HUB,
    RecordState: 'ACTIVE',
    Compliance: { Status: 'FAILED' },
    Resources: [{ Type: 'AwsIamRole', Id: role.arn }],
  });
});

it('its end is told to both, to Security Hub by the same id', async () => {
  await role.trust(role.sound);
  await inbox.next('repaired', ({ change, finding }) => change === 'resolved' && finding.role === role.arn);
  const [first, last] = await until('The update', async () => {
    const all = await imported();
    return all.length > 1 ? all : undefined;
  });
  expect(last).toMatchObject({ Id: first?.Id, RecordState: 'ARCHIVED', Compliance: { Status: 'PASSED' } });
  expect(Date.parse(last?.UpdatedAt ?? '')).toBeGreaterThan(Date.parse(first?.UpdatedAt ?? ''));
  const bodies = await until('The second chat message', async () => {
    const all = await chatted();
    return all.length > 1 ? all : undefined;
  });
  const threads = bodies.map((body) => JSON.parse(body).metadata?.threadId);
  expect(new Set(threads).size).toBe(1);
});
