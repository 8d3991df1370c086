import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, expect, inject, it } from 'vitest';
import { auditSchema } from '../../shared/findings/finding.ts';
import type { ScanSummary } from '../../shared/pipeline/scan/summary.ts';
import { HUB, MEMBER } from './deployment.ts';
import { clientsOf, createProvider, EVERYONE, hubOf, WebIdentityRole } from './hub.ts';
import { type Inbox, subscribe } from './inbox.ts';
import { until } from './until.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const scheduler = new SchedulerClient(deployed.hub);
const bus = new EventBridgeClient(deployed.hub);
const s3 = new S3Client(deployed.hub);
const states = new SFNClient(deployed.hub);

let inbox: Inbox;
let role: WebIdentityRole;

beforeAll(async () => {
  inbox = await subscribe(deployed, 'scan');
  const { eks } = clientsOf(deployed, deployed.hub);
  const { iam } = clientsOf(deployed, deployed.member);
  await eks.send(
    new CreateClusterCommand({
      name: 'shared',
      roleArn: `arn:aws:iam::${HUB}:role/cluster`,
      resourcesVpcConfig: {},
    }),
  );
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'shared' }));
  const issuer = cluster?.identity?.oidc?.issuer ?? '';
  // The pods of the hub's cluster get a role of the member.
  await createProvider(iam, issuer);
  role = new WebIdentityRole(iam, MEMBER, issuer, 'shipping');
  await role.create(role.sound);
  const open = new WebIdentityRole(iam, MEMBER, issuer, 'parcels');
  await open.create(open.sound, EVERYONE);
  await hub.quiet();
});

/** Changes how often the deployed schedule starts a scan. */
async function reschedule(ScheduleExpression: string): Promise<void> {
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
  const own = Schedules.find(({ Target }) => Target?.Arn === deployed.outputs.OrgScanArn);
  const { Name, Target, FlexibleTimeWindow, State } = await scheduler.send(
    new GetScheduleCommand({ Name: own?.Name }),
  );
  await scheduler.send(
    new UpdateScheduleCommand({ Name, ScheduleExpression, State, Target, FlexibleTimeWindow }),
  );
}

/** Lets EventBridge Scheduler start a scan within a minute, and waits for the summary that comes after so many others. */
async function scan(before: number): Promise<ScanSummary> {
  const stateMachineArn = deployed.outputs.OrgScanArn;
  const count = async () => {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.length;
  };
  const known = await count();
  await reschedule('rate(1 minute)');
  await until('The start of a scan', async () => ((await count()) > known ? true : undefined));
  await reschedule('rate(1 day)');
  return until(
    'The summary of a scan',
    async () => {
      await inbox.take();
      return inbox.scans[before];
    },
    240,
  );
}

/** Nothing that is put on the hub's bus arrives anywhere. */
async function loseEvents(lose: boolean): Promise<void> {
  const EventBusName = deployed.outputs.BusName;
  const { Rules = [] } = await bus.send(new ListRulesCommand({ EventBusName }));
  for (const { Name } of Rules)
    await bus.send(
      lose ? new DisableRuleCommand({ Name, EventBusName }) : new EnableRuleCommand({ Name, EventBusName }),
    );
}

async function object(Key: string | undefined): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: deployed.outputs.BucketName, Key }));
  return (await Body?.transformToString()) ?? '';
}

it('the scheduler starts a scan: both accounts are read and judged, the report is in the bucket, the summary on the topic', async () => {
  const summary = await scan(0);
  expect(summary).toMatchObject({
    outcome: 'complete',
    accounts: { listed: 2, read: 2, unread: 0, notJudged: 0 },
    // The loop found its map run and ended.
    pace: { most: 1, last: 1, cuts: 0, lost: false },
  });
  const { findings, summary: counts } = auditSchema.parse(JSON.parse(await object(summary.report['json'])));
  expect(counts.accounts).toBe(2);
  expect(new Set(findings.map(({ account }) => account))).toEqual(new Set([HUB, MEMBER]));
  expect(await object(summary.report['html'])).toContain('id="page"');
  expect(JSON.parse(await object(`scans/${summary.id}/summary.json`))).toEqual(summary);
});

it('a role of one account is judged with the cluster of the other', async () => {
  const about = (await hub.openFindings(MEMBER)).filter((finding) => finding.role === role.arn);
  expect(about.map(({ rule }) => rule)).not.toContain('no-unknown-provider');
  expect(about.map(({ rule }) => rule)).not.toContain('no-stale-issuer');
});

it('what events missed is found by the next scan, and told as that', async () => {
  await loseEvents(true);
  await role.trust(role.sound, EVERYONE);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  await loseEvents(false);
  const open = (await hub.openFindings(MEMBER)).filter((finding) => finding.role === role.arn);
  expect(open.map(({ rule }) => rule)).not.toContain('no-public-trust');
  const summary = await scan(1);
  expect(summary.missedByEvents.steps).toContainEqual(
    expect.objectContaining({ change: 'new', account: MEMBER, rule: 'no-public-trust' }),
  );
  expect(summary.sinceLastScan).toMatchObject({ new: expect.any(Number) });
  const { message } = await inbox.next(
    'found by the scan',
    ({ change, finding }) => change === 'new' && finding.role === role.arn,
  );
  expect(message).toMatchObject({ finding: { rule: 'no-public-trust' }, causes: [] });
});
