import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as BusTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CANARY } from '../../shared/pipeline/canary.ts';
import { changePatterns, type EventPattern } from '../../shared/triggers/pattern.ts';
import { retriedQueue } from './retried-queue.ts';

interface EventIntakeProps {
  readonly bus: EventBus;
  readonly extraSources: readonly string[];
  readonly consumer: IFunction;
  readonly consumerTimeoutSeconds: number;
  readonly batchSeconds: number;
}

/** From the bus to triage: a rule, a queue that gathers a batch, and a place for what cannot be read. */
export class EventIntake extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: EventIntakeProps) {
    super(scope, id);
    // aws-cdk-lib is not written for exactOptionalPropertyTypes: its own class does not fit its interface.
    const bus = props.bus as IEventBus;
    const { queue, deadLetters } = retriedQueue(this, props.consumerTimeoutSeconds, props.batchSeconds);
    this.queue = queue;
    this.deadLetters = deadLetters;
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
