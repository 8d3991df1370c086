import { Duration } from 'aws-cdk-lib';
import { CfnRule, type EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type SessionPattern, sessionPatterns } from '../../shared/triggers/pattern.ts';
import { retriedQueue } from './retried-queue.ts';

interface SessionIntakeProps {
  readonly bus: EventBus;
  readonly extraSources: readonly string[];
  /** Sessions that were given, too. */
  readonly successes: boolean;
  /** Calls that pods were refused with a role that they had, too. */
  readonly accessDenied: boolean;
  readonly consumer: IFunction;
  readonly consumerTimeoutSeconds: number;
}

/** Refusals come in floods, and nobody waits for them: a minute's worth is one batch. */
const BATCH_SECONDS = 60;

/** From the bus to observe-sessions: a way of its own, so that a flood of refusals never holds up a change. */
export class SessionIntake extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: SessionIntakeProps) {
    super(scope, id);
    const { queue, deadLetters } = retriedQueue(this, props.consumerTimeoutSeconds, BATCH_SECONDS);
    this.queue = queue;
    this.deadLetters = deadLetters;
    const bus = props.bus as IEventBus;
    const rules = sessionPatterns(props.extraSources, props).map((pattern, part) =>
      sessionRule(this, `Sessions${part + 1}`, pattern, bus.eventBusName, {
        id: 'queue',
        arn: this.queue.queueArn,
        deadLetterConfig: { arn: this.deadLetters.queueArn },
      }),
    );
    for (const queue of [this.queue, this.deadLetters]) {
      queue.addToResourcePolicy(
        new PolicyStatement({
          actions: ['sqs:SendMessage'],
          principals: [new ServicePrincipal('events.amazonaws.com')],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rules.map(({ attrArn }) => attrArn) } },
        }),
      );
    }
    this.fromOwnAccount(props, bus);
    props.consumer.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 500,
        maxBatchingWindow: Duration.seconds(BATCH_SECONDS),
        reportBatchItemFailures: true,
      }),
    );
  }

  private fromOwnAccount(props: SessionIntakeProps, bus: IEventBus): void {
    const role = new Role(this, 'ToBus', { assumedBy: new ServicePrincipal('events.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }));
    sessionPatterns([], props).forEach((pattern, part) => {
      sessionRule(this, `OwnSessions${part + 1}`, pattern, 'default', {
        id: 'bus',
        arn: bus.eventBusArn,
        roleArn: role.roleArn,
      });
    });
  }
}

/** A rule for calls that CloudTrail counts as reads: plain rules let them not through, and the CDK's own knows no other. */
export function sessionRule(
  scope: Construct,
  id: string,
  pattern: SessionPattern,
  eventBusName: string,
  target: CfnRule.TargetProperty,
): CfnRule {
  return new CfnRule(scope, id, {
    description: 'Sessions of pods, for podtrust',
    eventBusName,
    eventPattern: pattern,
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    targets: [target],
  });
}
