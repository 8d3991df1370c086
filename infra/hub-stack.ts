import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnEventBusPolicy, EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { productArn } from '../shared/reports/asff.ts';
import { ClaimBucket } from './constructs/claim-bucket.ts';
import { EventIntake } from './constructs/event-intake.ts';
import { FindingTable } from './constructs/finding-table.ts';
import { OrgScan } from './constructs/org-scan.ts';
import { pipelineFunctions, TRIAGE_SECONDS } from './constructs/pipeline-functions.ts';
import { Remediation } from './constructs/remediation.ts';
import { RepairTable } from './constructs/repair-table.ts';
import { Schedule } from './constructs/schedule.ts';
import { SessionIntake } from './constructs/session-intake.ts';
import { TransitionStream } from './constructs/transition-stream.ts';
import { Watch } from './constructs/watch.ts';
import { Workflow } from './constructs/workflow.ts';
import type { HubSettings } from './hub-config.ts';

interface HubStackProps extends StackProps {
  readonly hub: HubSettings;
}

const STATE_MACHINE = 'podtrust-reevaluate';
const SCAN_MACHINE = 'podtrust-org-scan';
const REMEDIATE_MACHINE = 'podtrust-remediate';
const SWEEP_MINUTES = 5;
/** Waivers end with a day, so an hour later is soon enough. */
const WAIVER_MINUTES = 60;
/** Name of the hub's bus: members send to it. */
export const BUS_NAME = 'podtrust';

/** The pipeline: bus → queue → triage → Reevaluate (begin, collect, evaluate, settle) → table → notify → topic. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { hub, ...props }: HubStackProps) {
    super(scope, id, props);
    const { deployment, config } = hub;
    // Nothing that could write is deployed unless fixes are configured.
    const fixes =
      config.fixes?.mode === 'off' && config.fixes.settings.length === 0 ? undefined : config.fixes;
    const { fifo, chat, securityHub, email } = deployment.notifications;
    const key = new Key(this, 'Key', {
      description: 'podtrust: snapshots, findings and messages',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const bus = new EventBus(this, 'Bus', {
      eventBusName: BUS_NAME,
      description: 'CloudTrail events that can change an EKS identity',
    });
    this.admit(bus, deployment.members);
    const { bucket } = new ClaimBucket(this, 'Claims', { key });
    const { table } = new FindingTable(this, 'Findings', { key });
    const repairs = fixes === undefined ? undefined : new RepairTable(this, 'Repairs', { key }).table;
    const secure = { masterKey: key, enforceSSL: true };
    const topic = new Topic(this, 'Notices', { displayName: 'podtrust', ...secure, ...(fifo && { fifo }) });
    for (const address of email) topic.addSubscription(new EmailSubscription(address));
    const chatTopic = chat
      ? new Topic(this, 'Chat', { displayName: 'podtrust in chat', ...secure })
      : undefined;

    const lambda = pipelineFunctions(
      this,
      {
        bucket: bucket.bucketName,
        bus: bus.eventBusName,
        chatTopicArn: chatTopic?.topicArn,
        externalId: deployment.readRole.externalId,
        productArn: securityHub ? productArn(this) : undefined,
        readRole: deployment.readRole.name,
        accessDeniedAccounts: listed(deployment.sessions.accessDenied),
        sessionAccounts: deployment.sessions.successful.join(',') || undefined,
        stateMachineArn: Workflow.arnOf(this, STATE_MACHINE),
        tableName: table.tableName,
        topicArn: topic.topicArn,
        repairTable: repairs?.tableName,
        remediateArn: repairs && Workflow.arnOf(this, REMEDIATE_MACHINE),
      },
      hub,
      {
        bucket,
        bus,
        key,
        table,
        topic,
        ...(chatTopic !== undefined && { chatTopic }),
        stateMachine: STATE_MACHINE,
        scanMachine: SCAN_MACHINE,
        readRole: deployment.readRole.name,
        ...(fixes !== undefined &&
          repairs !== undefined && {
            repairTable: repairs,
            remediateMachine: REMEDIATE_MACHINE,
            writeRole: fixes.writeRole,
          }),
      },
    );
    const { stateMachine } = new Workflow(this, 'Reevaluate', {
      file: 'reevaluate.asl.json',
      name: STATE_MACHINE,
      functions: {
        BeginFunctionArn: lambda('Begin').lambda,
        CollectFunctionArn: lambda('Collect').lambda,
        ResolveScopeFunctionArn: lambda('ResolveScope').lambda,
        EvaluateFunctionArn: lambda('Evaluate').lambda,
        SettleFunctionArn: lambda('Settle').lambda,
      },
    });
    const remediation = repairs && new Remediation(this, 'Remediation', { name: REMEDIATE_MACHINE, lambda });
    const scan = new OrgScan(this, 'Scan', {
      name: SCAN_MACHINE,
      lambda,
      bucket,
      key,
      config: deployment.scan,
    });
    const intake = new EventIntake(this, 'Intake', {
      bus,
      extraSources: deployment.extraSources,
      consumer: lambda('Triage').lambda,
      consumerTimeoutSeconds: TRIAGE_SECONDS,
      batchSeconds: deployment.batchSeconds,
    });
    const sessions = deployment.sessions.failed
      ? new SessionIntake(this, 'SessionIntake', {
          bus,
          extraSources: deployment.extraSources,
          successes: deployment.sessions.successful.length > 0,
          accessDenied: deployment.sessions.accessDenied !== false,
          consumer: lambda('ObserveSessions').lambda,
          consumerTimeoutSeconds: TRIAGE_SECONDS,
        })
      : undefined;
    const notify = lambda('Notify').lambda;
    const outbox = new TransitionStream(this, 'Outbox', { table, consumer: notify });
    const imports = securityHub
      ? new TransitionStream(this, 'Imports', { table, consumer: lambda('SecurityHub').lambda })
      : undefined;
    new Schedule(this, 'EveryFewMinutes', { of: lambda('Sweep').lambda, minutes: SWEEP_MINUTES });
    new Schedule(this, 'WaiverSchedule', { of: lambda('ApplyWaivers').lambda, minutes: WAIVER_MINUTES });
    new Schedule(this, 'CanarySchedule', {
      of: lambda('Canary').lambda,
      minutes: deployment.alarms.canaryMinutes,
    });
    const watch = new Watch(this, 'Watch', {
      key,
      email: deployment.alarms.email,
      canaryMinutes: deployment.alarms.canaryMinutes,
      deadLetters: {
        Changes: intake.deadLetters,
        ...(sessions !== undefined && { Sessions: sessions.deadLetters }),
      },
      failures: {
        Outbox: outbox.failures,
        ...(imports !== undefined && { Imports: imports.failures }),
      },
      queues: { Changes: intake.queue, ...(sessions !== undefined && { Sessions: sessions.queue }) },
      stateMachine,
      ...(remediation !== undefined && { remediate: remediation.stateMachine }),
      scan,
      imports: imports !== undefined,
      notify,
    });

    new CfnOutput(this, 'BusName', { value: bus.eventBusName });
    new CfnOutput(this, 'BusArn', { value: bus.eventBusArn });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
    if (chatTopic !== undefined) new CfnOutput(this, 'ChatTopicArn', { value: chatTopic.topicArn });
    new CfnOutput(this, 'AlarmTopicArn', { value: watch.alarms.topicArn });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'OrgScanArn', { value: scan.stateMachine.stateMachineArn });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: intake.deadLetters.queueUrl });
    new CfnOutput(this, 'OutboxFailuresUrl', { value: outbox.failures.queueUrl });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    if (repairs !== undefined) new CfnOutput(this, 'RepairTableName', { value: repairs.tableName });
  }

  /** Lets others put events on the bus: an event is only a trigger, so it can cause an evaluation and nothing else. */
  private admit(bus: EventBus, members: HubSettings['deployment']['members']): void {
    if (members === undefined) return;
    const open = { Effect: 'Allow', Action: 'events:PutEvents', Resource: bus.eventBusArn };
    const statement =
      'organization' in members
        ? {
            ...open,
            Principal: '*',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': members.organization } },
          }
        : {
            ...open,
            Principal: {
              AWS: members.accounts.map((account) => `arn:${this.partition}:iam::${account}:root`),
            },
          };
    new CfnEventBusPolicy(this, 'Members', {
      eventBusName: bus.eventBusName,
      statementId: 'members',
      statement: { Sid: 'members', ...statement },
    });
  }
}

/** As the functions' variables name accounts. Undefined: none. */
function listed(accounts: boolean | readonly string[]): string | undefined {
  if (typeof accounts === 'boolean') return accounts ? '*' : undefined;
  return accounts.join(',');
}
