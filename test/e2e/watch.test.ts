import { setTimeout as sleep } from 'node:timers/promises';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { hubOf } from './hub.ts';
import { until } from './until.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const events = new EventBridgeClient(deployed.hub);
const sqs = new SQSClient(deployed.hub);

/** How often triage counted an arrival since a time: metrics are lines of its log, in CloudWatch's embedded format. */
async function arrivals(since: number): Promise<number> {
  const output = await (await fetch(deployed.outputEndpoint)).text();
  return [...output.matchAll(/"Timestamp":(\d+).*"CanaryArrived":1/g)].filter(([, at]) => Number(at) >= since)
    .length;
}

const describedSchema = z.object({
  MetricAlarms: z.array(z.looseObject({ AlarmName: z.string(), TreatMissingData: z.string() })),
});

/** Calls an operation of CloudWatch, for which the project needs no SDK client: the emulator checks no signature. */
async function cloudwatch(operation: string, input: object): Promise<unknown> {
  const { endpoint, region, credentials } = deployed.hub;
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${day}/${region}/monitoring/aws4_request, SignedHeaders=host, Signature=none`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`${operation} was answered ${response.status}: ${body.slice(0, 500)}`);
  return body === '' ? {} : JSON.parse(body);
}

/** Puts what triage counted where the deployed alarm looks: the emulator does not read metrics from logs. */
const putArrivals = (Value: number) =>
  cloudwatch('PutMetricData', {
    Namespace: 'podtrust',
    MetricData: [
      {
        MetricName: 'CanaryArrived',
        Dimensions: [{ Name: 'service', Value: 'pipeline' }],
        Unit: 'Count',
        Value,
      },
    ],
  });

/** Subscribes a queue to the alarms; returns what waits for an alarm of a name. */
async function alarms(): Promise<(name: string) => Promise<string>> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'alarms' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await new SNSClient(deployed.hub).send(
    new SubscribeCommand({
      TopicArn: deployed.outputs.AlarmTopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.['QueueArn'] ?? '',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return (name) =>
    until(`The alarm ${name}`, async () => {
      // Asking is what makes the emulator look at its alarms.
      await cloudwatch('DescribeAlarms', {});
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = '' }) => Body).find((body) => body.includes(name));
    });
}

describe('the canary', () => {
  it('is sent by its schedule, and arrives at triage', async () => {
    await until('An arrival of the canary', async () => ((await arrivals(0)) > 0 ? true : undefined));
  });

  it('does not arrive where its rule is broken: the alarm is told, and it arrives again when the rule is mended', async () => {
    const { Rules = [] } = await events.send(
      new ListRulesCommand({ EventBusName: deployed.outputs.BusName }),
    );
    const rule = Rules.find(({ EventPattern = '' }) => EventPattern.includes('podtrust.canary'));
    const where = { Name: rule?.Name, EventBusName: deployed.outputs.BusName };
    const send = async () => {
      const { FunctionError } = await hub.lambda.send(
        new InvokeCommand({ FunctionName: await hub.functionOf('Canary'), Payload: Buffer.from('{}') }),
      );
      expect(FunctionError).toBeUndefined();
    };
    const alarmOf = await alarms();
    await events.send(new DisableRuleCommand(where));
    await sleep(2000);
    await until('The end of what was under way', async () =>
      (await arrivals(Date.now() - 2000)) === 0 ? true : undefined,
    );
    const broken = Date.now();
    await send();
    await sleep(4000);
    const arrived = await arrivals(broken);
    expect(arrived).toBe(0);
    await putArrivals(arrived);
    const alarm = await alarmOf('CanaryIsMissing');
    expect(alarm).toContain('No event of the canary reached triage');
    await events.send(new EnableRuleCommand(where));
    const mended = Date.now();
    await send();
    await until('The next arrival', async () => ((await arrivals(mended)) > 0 ? true : undefined));
  });

  it('is missed where CloudWatch has no count at all', async () => {
    const { MetricAlarms } = describedSchema.parse(await cloudwatch('DescribeAlarms', {}));
    const alarm = MetricAlarms.find(({ AlarmName }) => AlarmName.includes('CanaryIsMissing'));
    expect(alarm?.TreatMissingData).toBe('breaching');
  });
});
