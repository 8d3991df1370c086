import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { permissions as collectPermissions } from '../functions/collect/permissions.ts';
import { permissions as evaluatePermissions } from '../functions/evaluate/permissions.ts';
import { permissions as notifyPermissions } from '../functions/notify/permissions.ts';
import { permissions as triagePermissions } from '../functions/triage/permissions.ts';
import { VARIABLES } from '../shared/lambda/environment.ts';
import { ClaimBucket } from './constructs/claim-bucket.ts';
import { EventIntake } from './constructs/event-intake.ts';
import { PipelineFunction } from './constructs/pipeline-function.ts';
import { Workflow } from './constructs/workflow.ts';
import type { HubConfig } from './hub-config.ts';
import { grant, type Targets } from './permissions.ts';

interface HubStackProps extends StackProps {
  readonly hub: HubConfig;
}

/** The pipeline: bus → queue → triage → Reevaluate (collect, evaluate, notify) → topic. */
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
    const topic = new Topic(this, 'Notices', { displayName: 'podtrust', masterKey: key, enforceSSL: true });

    const collect = new PipelineFunction(this, 'Collect', {
      folder: 'collect',
      memoryMegabytes: 1024,
      timeoutSeconds: 600,
      environment: { [VARIABLES.bucket]: bucket.bucketName, [VARIABLES.readRole]: hub.readRole },
    });
    const evaluate = new PipelineFunction(this, 'Evaluate', {
      folder: 'evaluate',
      memoryMegabytes: 1769,
      timeoutSeconds: 300,
      environment: { [VARIABLES.bucket]: bucket.bucketName },
    });
    const notify = new PipelineFunction(this, 'Notify', {
      folder: 'notify',
      timeoutSeconds: 60,
      environment: { [VARIABLES.bucket]: bucket.bucketName, [VARIABLES.topicArn]: topic.topicArn },
    });
    const { stateMachine } = new Workflow(this, 'Reevaluate', {
      file: 'reevaluate.asl.json',
      functions: {
        CollectFunctionArn: collect.lambda,
        EvaluateFunctionArn: evaluate.lambda,
        NotifyFunctionArn: notify.lambda,
      },
    });
    const triage = new PipelineFunction(this, 'Triage', {
      folder: 'triage',
      timeoutSeconds: 30,
      environment: { [VARIABLES.stateMachineArn]: stateMachine.stateMachineArn },
    });
    const { deadLetters } = new EventIntake(this, 'Intake', {
      bus,
      extraSources: hub.extraSources,
      consumer: triage.lambda,
      consumerTimeoutSeconds: 30,
      batchSeconds: hub.batchSeconds,
    });

    const targets: Targets = { bucket, key, topic, stateMachine, readRole: hub.readRole };
    grant(triage, triagePermissions, targets);
    grant(collect, collectPermissions, targets);
    grant(evaluate, evaluatePermissions, targets);
    grant(notify, notifyPermissions, targets);

    new CfnOutput(this, 'BusName', { value: bus.eventBusName });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }
}
