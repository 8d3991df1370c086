import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionConcurrencyCommand,
  InvokeCommand,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { ListQueuesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { HUB, MEMBER } from './deployment.ts';
import { clientsOf, createProvider, EVERYONE, hubOf, WebIdentityRole } from './hub.ts';
import { type Inbox, type Received, subscribe } from './inbox.ts';
import { until } from './until.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const { iam, eks } = clientsOf(deployed, deployed.hub);

let inbox: Inbox;
let issuer = '';
let stopped: { readonly role: WebIdentityRole; readonly at: number };

/** So long the sweep gives a turn to come up by itself (PATIENCE_SECONDS of resume-lanes.ts), and a little more. */
const PATIENCE = 125;

/** Stops the evaluation of a member's role in the middle, as an operator may: its lane stands still until the sweep. */
async function stopOne(): Promise<typeof stopped> {
  const { iam: theirs } = clientsOf(deployed, deployed.member);
  const role = new WebIdentityRole(theirs, MEMBER, issuer, 'stopped');
  await role.create(role.sound);
  await hub.quiet();
  const FunctionName = await hub.functionOf('Evaluate');
  await hub.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  await role.trust(role.sound, EVERYONE);
  const running = await until('A running execution', async () =>
    (await hub.executions()).find(({ name, status }) => name.startsWith(MEMBER) && status === 'RUNNING'),
  );
  await hub.stop(running.arn);
  const at = Date.now();
  await hub.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  await hub.quiet();
  expect(await hub.busy(MEMBER), 'the turn is out, and nothing runs').toBe(true);
  return { role, at };
}

beforeAll(async () => {
  inbox = await subscribe(deployed, 'recovery');
  const roleArn = `arn:aws:iam::${HUB}:role/cluster`;
  await eks.send(new CreateClusterCommand({ name: 'recovery', roleArn, resourcesVpcConfig: {} }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'recovery' }));
  issuer = cluster?.identity?.oidc?.issuer ?? '';
  await createProvider(iam, issuer);
  stopped = await stopOne();
});

/** A sound role that was judged. */
async function soundRole(name: string): Promise<WebIdentityRole> {
  const role = new WebIdentityRole(iam, HUB, issuer, name);
  await role.create(role.sound);
  await hub.quiet();
  return role;
}

const about =
  (role: WebIdentityRole, ...changes: string[]) =>
  ({ finding, change }: Received['message']) =>
    finding.role === role.arn && changes.includes(change);

/** How often a transition of the role was heard of, by its id. */
async function heard(role: WebIdentityRole): Promise<ReadonlyMap<string, number>> {
  await inbox.take();
  const all = inbox.received.filter(({ message }) => message.finding.role === role.arn);
  return new Map(
    all.map(({ message: { id } }) => [id, all.filter(({ message }) => message.id === id).length]),
  );
}

async function sweep(): Promise<unknown> {
  const { Payload, FunctionError } = await hub.lambda.send(
    new InvokeCommand({
      FunctionName: await hub.functionOf('Sweep'),
      Payload: Buffer.from(JSON.stringify({ olderThanMinutes: 0 })),
    }),
  );
  expect(FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));
}

const repairs: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const repair of repairs.splice(0)) await repair();
});

/** Lets a function's process be killed once, at an AWS call; returns the file that is there when it was. */
async function killOnce(construct: string, when: 'start' | 'finish', target: string): Promise<string> {
  const name = await hub.functionOf(construct);
  const marker = join(tmpdir(), `podtrust-e2e-crash-${randomUUID()}`);
  await hub.setVariables(name, {
    NODE_OPTIONS: `--require ${join(import.meta.dirname, 'crash.cjs')}`,
    PODTRUST_CRASH: `${when}|${target}|${marker}`,
  });
  repairs.push(() => hub.setVariables(name, { NODE_OPTIONS: null, PODTRUST_CRASH: null }));
  repairs.push(() => rm(marker, { force: true }));
  return marker;
}

describe('a function that is killed in the middle', () => {
  const WRITE = 'DynamoDB_20120810.TransactWriteItems';
  const START = 'AWSStepFunctions.StartExecution';

  beforeAll(async () => {
    const sqs = new SQSClient(deployed.hub);
    const { QueueUrls = [] } = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'PodtrustHub-IntakeQueue' }),
    );
    // As deployed a message is hidden for minutes until it is handed out again.
    for (const QueueUrl of QueueUrls)
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '3' } }));
  });

  it.each([
    ['evaluate, before it writes the finding', 'Evaluate', 'start', WRITE, 'kill-a'],
    ['evaluate, after it wrote the finding and before it knows', 'Evaluate', 'finish', WRITE, 'kill-b'],
    ['triage, after the turn was noted and before it is started', 'Triage', 'start', START, 'kill-c'],
    ['triage, after the turn was started and before it knows', 'Triage', 'finish', START, 'kill-d'],
  ] as const)('%s: the finding is told nevertheless, and once', async (_, construct, when, target, name) => {
    const role = await soundRole(name);
    const marker = await killOnce(construct, when, target);
    await role.trust(role.sound, EVERYONE);
    const { message } = await inbox.next(`${name} opened`, about(role, 'new'));
    expect(message.finding.rule).toBe('no-public-trust');
    expect(existsSync(marker)).toBe(true);
    await hub.quiet();
    expect([...(await heard(role)).values()]).toEqual([1]);
    await role.trust(role.sound);
    await inbox.next(`${name} repaired`, about(role, 'resolved'));
  });

  it('settle, after the next turn was noted and before it is started: it is started nevertheless', async () => {
    const role = await soundRole('kill-e');
    const settle = await hub.functionOf('Settle');
    const marker = await killOnce('Settle', 'start', START);
    // The turn of a harmless change is held up at its end, so that a second change waits for the next turn.
    await hub.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: settle, ReservedConcurrentExecutions: 0 }),
    );
    await role.trust({ ...role.sound, Sid: 'Pods' });
    await until('A turn that has to settle', async () => {
      const running = (await hub.executions()).find(({ status }) => status === 'RUNNING');
      return running !== undefined && (await hub.statesOf(running.arn)).includes('Settle') ? true : undefined;
    });
    await role.trust(role.sound, EVERYONE);
    await until('A change that waits for its turn', async () => ((await hub.waits(HUB)) ? true : undefined));
    await hub.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: settle }));
    await inbox.next('kill-e opened', about(role, 'new'));
    expect(existsSync(marker)).toBe(true);
    await hub.quiet();
    expect([...(await heard(role)).values()]).toEqual([1]);
    await role.trust(role.sound);
    await inbox.next('kill-e repaired', about(role, 'resolved'));
  });
});

describe('notify that fails for longer than the stream remembers', () => {
  it('the sweep publishes what was left, and nobody hears of it twice', async () => {
    const role = await soundRole('forgotten');
    const notify = await hub.functionOf('Notify');
    const { EventSourceMappings: [mapping] = [] } = await hub.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: notify }),
    );
    // Without its mapping the function hears nothing, and a new one at LATEST knows nothing of what was before.
    await hub.lambda.send(new DeleteEventSourceMappingCommand({ UUID: mapping?.UUID }));
    await role.trust(role.sound, EVERYONE);
    const kept = await until('The finding in the table', async () =>
      (await hub.openFindings(HUB)).find(({ role: of }) => of === role.arn),
    );
    await hub.quiet();
    expect((await heard(role)).size).toBe(0);
    await hub.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: notify,
        EventSourceArn: mapping?.EventSourceArn,
        StartingPosition: 'LATEST',
        BatchSize: mapping?.BatchSize,
        FilterCriteria: mapping?.FilterCriteria,
        FunctionResponseTypes: mapping?.FunctionResponseTypes,
      }),
    );
    expect(await sweep()).toMatchObject({ published: expect.any(Number) });
    const { message } = await inbox.next('published by the sweep', about(role, 'new'));
    expect(message.finding.fingerprint).toBe(kept.fingerprint);
    await sweep();
    expect([...(await heard(role)).values()]).toEqual([1]);
    await role.trust(role.sound);
    await inbox.next('repaired, over the stream again', about(role, 'resolved'));
  });
});

it('an execution that was stopped by hand is replaced by the sweep, and what it was for is told', async () => {
  const { role, at } = stopped;
  await sleep(Math.max(0, at + PATIENCE * 1000 - Date.now()));
  // An earlier sweep, by another test or by the schedule, may have done it already.
  await sweep();
  await until('The end of the turn that replaces it', async () =>
    (await hub.busy(MEMBER)) ? undefined : true,
  );
  await inbox.next('told in the end', about(role, 'new'));
});
