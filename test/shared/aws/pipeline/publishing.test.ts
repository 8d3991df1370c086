import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it, vi } from 'vitest';
import { dynamodbOutbox } from '../../../../shared/aws/pipeline/outbox.ts';
import { awsSecurityHub, placeOfProduct } from '../../../../shared/aws/pipeline/security-hub.ts';
import { snsChatTopic, snsTopic } from '../../../../shared/aws/pipeline/topic.ts';
import { stepsOf } from '../../../../shared/findings/lifecycle.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import { messageOf } from '../../../../shared/pipeline/message.ts';
import { asffOf } from '../../../../shared/reports/asff.ts';
import { auditOf, findingOf } from '../../../support/findings.ts';

const [step] = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });
const message = messageOf(step!.transition!);
const options = { region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };

/** A client whose answer is `answer`, and the commands that it was sent. */
function answering<Client extends { send: unknown }>(client: Client, answer: object) {
  const sent: { input: Record<string, unknown> }[] = [];
  client.send = vi.fn(async (command: { input: Record<string, unknown> }) => {
    sent.push(command);
    return answer;
  });
  return { client, sent };
}

describe('the topic', () => {
  it('gets JSON for programs, text for email, and attributes', async () => {
    const { client, sent } = answering(new SNSClient(options), {});
    await snsTopic(client, () => 'arn:aws:sns:eu-west-1:1:t').publish(message);
    expect(sent[0]).toBeInstanceOf(PublishCommand);
    const { Message, ...rest } = sent[0]!.input;
    expect(JSON.parse(String(Message))).toEqual({ default: message.json, email: message.text });
    expect(rest).toMatchObject({
      MessageStructure: 'json',
      Subject: message.subject,
      MessageAttributes: { severity: { DataType: 'String', StringValue: 'critical' } },
    });
    expect(rest).not.toHaveProperty('MessageGroupId');
  });

  it('that is FIFO gets the finding as its group and the transition as what not to repeat', async () => {
    const { client, sent } = answering(new SNSClient(options), {});
    await snsTopic(client, () => 'arn:aws:sns:eu-west-1:1:t.fifo').publish(message);
    expect(sent[0]!.input).toMatchObject({
      MessageGroupId: step!.transition!.finding.fingerprint,
      MessageDeduplicationId: step!.transition!.id,
    });
  });

  it('of the chat gets the body alone; without one nothing is sent', async () => {
    const { client, sent } = answering(new SNSClient(options), {});
    await snsChatTopic(client, () => 'arn:aws:sns:eu-west-1:1:c').publish('{}');
    await snsChatTopic(client, () => undefined).publish('{}');
    expect(sent.map(({ input }) => input)).toEqual([
      { TopicArn: 'arn:aws:sns:eu-west-1:1:c', Message: '{}' },
    ]);
  });
});

it.each<[string, object, boolean]>([
  ['listed', { Item: { listed: { S: 'unpublished#1' } } }, false],
  ['marked', { Item: {} }, true],
  ['forgotten', {}, true],
])('a transition that is %s is looked up as of now', async (_name, answer, published) => {
  const { client, sent } = answering(new DynamoDBClient(options), answer);
  expect(await dynamodbOutbox(client, () => 'table').isPublished('i')).toBe(published);
  expect(sent[0]).toBeInstanceOf(GetItemCommand);
  expect(sent[0]!.input).toMatchObject({ ConsistentRead: true, Key: { pk: { S: 'transition#i' } } });
});

describe('Security Hub', () => {
  const place = { partition: 'aws-eusc', region: 'eusc-de-east-1', account: '999988887777' };

  it('gets findings, and says which it refused', async () => {
    const FailedFindings = [{ Id: 'a', ErrorCode: 'InvalidInput', ErrorMessage: 'no' }];
    const { client, sent } = answering(new SecurityHubClient(options), { FailedFindings });
    const refused = await awsSecurityHub(client).importFindings([asffOf(step!.transition!, place)]);
    expect(refused).toEqual([{ id: 'a', code: 'InvalidInput', reason: 'no' }]);
    expect(sent[0]).toBeInstanceOf(BatchImportFindingsCommand);
    expect(JSON.stringify(sent[0]!.input)).not.toMatch(/"Workflow"|"Note"/);
  });

  it('is where its product says', () => {
    const arn = 'arn:aws-eusc:securityhub:eusc-de-east-1:999988887777:product/999988887777/default';
    expect(placeOfProduct(arn)).toEqual(place);
  });

  it.each(['', 'arn:aws:securityhub:eu-west-1:999988887777:product/111122223333/default'])(
    'is not at %j',
    (arn) => {
      expect(() => placeOfProduct(arn)).toThrow(expect.objectContaining({ name: 'InvalidInputError' }));
    },
  );
});
