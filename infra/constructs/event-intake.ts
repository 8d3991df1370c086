import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as BusTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CANARY } from '../../shared/pipeline/canary.ts';
import { changePatterns, type EventPattern } from '../../shared/triggers/pattern.ts';
import { acknowledge } from '../acknowledge.ts';

interface EventIntakeProps {
  readonly bus: EventBus;
  readonly extraSources: readonly string[];
  readonly consumer: IFunction;
  readonly consumerTimeoutSeconds: number;
  readonly batchSeconds: number;
}

/** How often a message is handed out before it goes to the dead letters. */
const TRIES = 5;

/** From the bus to triage: a rule, a queue that gathers a batch, and a place for what cannot be read. */
export class EventIntake extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: EventIntakeProps) {
    super(scope, id);
    // aws-cdk-lib is not written for exactOptionalPropertyTypes: its own class does not fit its interface.
    const bus = props.bus as IEventBus;
    const secure = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', secure);
    acknowledge(this.deadLetters, 'AwsSolutions-SQS3', 'This is the dead-letter queue.');
    this.queue = new Queue(this, 'Queue', {
      ...secure,
      // Lambda developer guide, "Using Lambda with Amazon SQS": six times the function's timeout, plus the window.
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeoutSeconds + props.batchSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: TRIES },
    });
    const queueTarget = new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters });
    changePatterns(props.extraSources).forEach((pattern, part) => {
      new Rule(this, ruleId('Changes', part), {
        eventBus: bus,
        description: 'Changes of EKS identities, for podtrust',
        eventPattern: cdkPattern(pattern),
        targets: [queueTarget],
      });
    });
    new Rule(this, 'Canary', {
      eventBus: bus,
      description: "podtrust's own events: they prove that others arrive",
      eventPattern: {
        source: [CANARY.source],
        detailType: [CANARY.detailType],
        account: [Stack.of(this).account],
      },
      targets: [queueTarget],
    });
    const defaultBus = EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    changePatterns().forEach((pattern, part) => {
      new Rule(this, ruleId('OwnAccount', part), {
        eventBus: defaultBus,
        description: "This account's own changes, to podtrust's bus",
        eventPattern: cdkPattern(pattern),
        targets: [new BusTarget(bus, { deadLetterQueue: this.deadLetters })],
      });
    });
    props.consumer.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(props.batchSeconds),
        reportBatchItemFailures: true,
      }),
    );
  }
}

/** Ids of a rule's parts: the first keeps the plain one. */
function ruleId(name: string, part: number): string {
  return part === 0 ? name : `${name}${part + 1}`;
}

/** A pattern under the CDK's names. */
function cdkPattern({ source, 'detail-type': detailType, detail }: EventPattern) {
  return {
    source: [...source],
    detailType: [...detailType],
    detail: Object.fromEntries(Object.entries(detail).map(([key, values]) => [key, [...values]])),
  };
}
