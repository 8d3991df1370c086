import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { permissions as beginPermissions } from '../functions/begin/permissions.ts';
import { permissions as collectPermissions } from '../functions/collect/permissions.ts';
import { permissions as evaluatePermissions } from '../functions/evaluate/permissions.ts';
import { permissions as notifyPermissions } from '../functions/notify/permissions.ts';
import { permissions as resolveScopePermissions } from '../functions/resolve-scope/permissions.ts';
import { permissions as settlePermissions } from '../functions/settle/permissions.ts';
import { permissions as sweepPermissions } from '../functions/sweep/permissions.ts';
import { permissions as triagePermissions } from '../functions/triage/permissions.ts';
import { VARIABLES } from '../shared/lambda/environment.ts';
import { ClaimBucket } from './constructs/claim-bucket.ts';
import { EventIntake } from './constructs/event-intake.ts';
import { FindingTable } from './constructs/finding-table.ts';
import { PipelineFunction } from './constructs/pipeline-function.ts';
import { Schedule } from './constructs/schedule.ts';
import { TransitionStream } from './constructs/transition-stream.ts';
import { Workflow } from './constructs/workflow.ts';
import type { HubConfig } from './hub-config.ts';
import { grant, type Targets } from './permissions.ts';

interface HubStackProps extends StackProps {
  readonly hub: HubConfig;
}

const STATE_MACHINE = 'podtrust-reevaluate';
const TRIAGE_SECONDS = 60;
const SWEEP_MINUTES = 5;

/** The pipeline: bus → queue → triage → Reevaluate (begin, collect, evaluate, settle) → table → notify → topic. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { hub, ...props }: HubStackProps) {
    super(scope, id, props);
    const key = new Key(this, 'Key', {
      description: 'podtrust: snapshots, findings and notices',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const bus = new EventBus(this, 'Bus', {
      eventBusName: 'podtrust',
      description: 'CloudTrail events that can change an EKS identity',
    });
    const { bucket } = new ClaimBucket(this, 'Claims', { key });
    const { table } = new FindingTable(this, 'Findings', { key });
    const topic = new Topic(this, 'Notices', { displayName: 'podtrust', masterKey: key, enforceSSL: true });
    const stateMachineArn = Workflow.arnOf(this, STATE_MACHINE);

    const inTable = { [VARIABLES.tableName]: table.tableName };
    const inBucket = { [VARIABLES.bucket]: bucket.bucketName };
    const starting = { [VARIABLES.stateMachineArn]: stateMachineArn };
    const reading = { [VARIABLES.readRole]: hub.readRole };
    const publishing = { [VARIABLES.topicArn]: topic.topicArn };
    const begin = new PipelineFunction(this, 'Begin', {
      folder: 'begin',
      timeoutSeconds: 30,
      environment: { ...inTable, ...inBucket, ...reading },
    });
    const collect = new PipelineFunction(this, 'Collect', {
      folder: 'collect',
      memoryMegabytes: 1024,
      timeoutSeconds: 600,
      environment: { ...inTable, ...inBucket, ...reading },
    });
    const resolveScope = new PipelineFunction(this, 'ResolveScope', {
      folder: 'resolve-scope',
      memoryMegabytes: 1024,
      timeoutSeconds: 60,
      environment: { ...inTable, ...inBucket },
    });
    const evaluate = new PipelineFunction(this, 'Evaluate', {
      folder: 'evaluate',
      memoryMegabytes: 1769,
      timeoutSeconds: 300,
      environment: { ...inTable, ...inBucket },
    });
    const settle = new PipelineFunction(this, 'Settle', {
      folder: 'settle',
      timeoutSeconds: 30,
      environment: { ...inTable, ...starting },
    });
    const triage = new PipelineFunction(this, 'Triage', {
      folder: 'triage',
      timeoutSeconds: TRIAGE_SECONDS,
      environment: { ...inTable, ...starting },
    });
    const notify = new PipelineFunction(this, 'Notify', {
      folder: 'notify',
      timeoutSeconds: 60,
      environment: { ...inTable, ...publishing },
    });
    const sweep = new PipelineFunction(this, 'Sweep', {
      folder: 'sweep',
      timeoutSeconds: 240,
      environment: { ...inTable, ...starting, ...publishing },
    });
    const { stateMachine } = new Workflow(this, 'Reevaluate', {
      file: 'reevaluate.asl.json',
      name: STATE_MACHINE,
      functions: {
        BeginFunctionArn: begin.lambda,
        CollectFunctionArn: collect.lambda,
        ResolveScopeFunctionArn: resolveScope.lambda,
        EvaluateFunctionArn: evaluate.lambda,
        SettleFunctionArn: settle.lambda,
      },
    });
    const { deadLetters } = new EventIntake(this, 'Intake', {
      bus,
      extraSources: hub.extraSources,
      consumer: triage.lambda,
      consumerTimeoutSeconds: TRIAGE_SECONDS,
      batchSeconds: hub.batchSeconds,
    });
    const { failures } = new TransitionStream(this, 'Outbox', { table, consumer: notify.lambda });
    new Schedule(this, 'EveryFewMinutes', { of: sweep.lambda, minutes: SWEEP_MINUTES });

    const targets: Targets = { bucket, key, topic, table, stateMachine: STATE_MACHINE, readRole: hub.readRole };
    grant(begin, beginPermissions, targets);
    grant(collect, collectPermissions, targets);
    grant(resolveScope, resolveScopePermissions, targets);
    grant(evaluate, evaluatePermissions, targets);
    grant(settle, settlePermissions, targets);
    grant(triage, triagePermissions, targets);
    grant(notify, notifyPermissions, targets);
    grant(sweep, sweepPermissions, targets);

    new CfnOutput(this, 'BusName', { value: bus.eventBusName });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
    new CfnOutput(this, 'OutboxFailuresUrl', { value: failures.queueUrl });
    new CfnOutput(this, 'TableName', { value: table.tableName });
  }
}
