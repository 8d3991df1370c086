import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Metric as OwnMetric } from '../../shared/pipeline/telemetry.ts';
import type { OrgScan } from './org-scan.ts';

interface WatchProps {
  readonly key: IKey;
  readonly email: readonly string[];
  readonly canaryMinutes: number;
  /** Queues in which nothing should ever lie, by what they hold: messages that can be put back into their queue. */
  readonly deadLetters: Readonly<Record<string, Queue>>;
  /** The same for positions of a stream, which nobody puts back. */
  readonly failures: Readonly<Record<string, Queue>>;
  /** Queues that should be empty soon. */
  readonly queues: Readonly<Record<string, Queue>>;
  readonly stateMachine: StateMachine;
  /** Absent where nothing is repaired. */
  readonly remediate?: StateMachine;
  readonly scan: Pick<OrgScan, 'stateMachine' | 'overdueHours'>;
  /** Whether findings are imported into Security Hub. */
  readonly imports: boolean;
  /** Consumer of the table's stream. */
  readonly notify: IFunction;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

interface Limit {
  readonly metric: IMetric;
  readonly above: number;
  readonly says: string;
  readonly periods?: number;
}

/** Alarms on podtrust itself, a topic for them, and a dashboard: who watches must not fail in silence. */
export class Watch extends Construct {
  readonly alarms: Topic;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    this.alarms = new Topic(this, 'Alarms', {
      displayName: 'podtrust alarms',
      masterKey: props.key,
      enforceSSL: true,
    });
    props.key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
    for (const address of props.email) this.alarms.addSubscription(new EmailSubscription(address));
    for (const [name, queue] of Object.entries(props.deadLetters))
      this.watchDead(name, queue, 'look at the messages, then redrive them');
    for (const [name, queue] of Object.entries(props.failures))
      this.watchDead(name, queue, 'look at the log of what reads the stream; there is nothing to redrive');
    for (const [name, queue] of Object.entries(props.queues)) {
      this.alarm(`${name}Waits`, {
        metric: queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: Stats.MAXIMUM }),
        above: 900,
        says: `Events wait for a quarter of an hour in the queue of ${name}: its function fails or is throttled.`,
      });
    }
    this.watchExecutions(props);
    if (props.remediate !== undefined) this.watchRepairs(props.remediate);
    this.watchScans(props.scan);
    this.watchOwn(props);
    this.draw(props);
  }

  private watchDead(name: string, queue: Queue, advice: string): void {
    this.alarm(`${name}DeadLetters`, {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: Stats.MAXIMUM }),
      above: 0,
      says: `Something lies in the dead-letter queue of ${name}: ${advice}.`,
    });
  }

  /** Executions that end otherwise than well. */
  private watchEnds(of: string, stateMachine: StateMachine, says: string): void {
    const sum = { period: FIVE_MINUTES, statistic: Stats.SUM };
    const ends = {
      Failed: stateMachine.metricFailed(sum),
      TimedOut: stateMachine.metricTimedOut(sum),
      Aborted: stateMachine.metricAborted(sum),
    };
    for (const [name, metric] of Object.entries(ends)) this.alarm(`${of}${name}`, { metric, above: 0, says });
  }

  private watchExecutions({ stateMachine, notify }: WatchProps): void {
    this.watchEnds(
      'Evaluation',
      stateMachine,
      'An evaluation ended without being recorded; the sweep starts it again. Its history says why.',
    );
    this.alarm('OutboxIsLate', {
      metric: notify.metric('IteratorAge', { period: MINUTE, statistic: Stats.MAXIMUM }),
      above: 600_000,
      says: 'Transitions wait for ten minutes in the stream: the topic refuses them, or notify fails.',
    });
  }

  private watchRepairs(remediate: StateMachine): void {
    this.watchEnds(
      'Repair',
      remediate,
      'A repair stopped: some of its plan may stand, and its targets are locked. podtrust history shows it.',
    );
    this.alarm('PlanStopped', {
      metric: own('PlansStopped', FIVE_MINUTES),
      above: 0,
      says: 'A plan stopped with its targets locked.',
    });
  }

  private watchScans({ stateMachine, overdueHours }: WatchProps['scan']): void {
    this.watchEnds(
      'Scan',
      stateMachine,
      'A scan of the accounts ended without judging them all: its history, and its report where there is one, say why.',
    );
    if (overdueHours === null) return;
    const alarm = new Alarm(this, 'ScanIsOverdue', {
      metric: own('ScansEnded', Duration.hours(1)),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: overdueHours,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: described(
        'ScanIsOverdue',
        `No scan of the accounts has ended for ${overdueHours} hours: what events missed is not found.`,
      ),
    });
    alarm.addAlarmAction(new SnsAction(this.alarms));
  }

  private watchOwn({ canaryMinutes, imports }: WatchProps): void {
    const alarm = new Alarm(this, 'CanaryIsMissing', {
      metric: own('CanaryArrived', Duration.minutes(canaryMinutes)),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: described(
        'CanaryIsMissing',
        'No event of the canary reached triage: bus, rule, queue or triage is broken.',
      ),
    });
    alarm.addAlarmAction(new SnsAction(this.alarms));
    this.alarm('LanesAreStuck', {
      metric: own('LanesStuck', FIVE_MINUTES),
      above: 0,
      periods: 3,
      says: 'An account or cluster is not judged any more: the log of the sweep says why.',
    });
    if (imports)
      this.alarm('ImportsAreOwed', {
        metric: own('SecurityHubOwed', FIVE_MINUTES),
        above: 0,
        periods: 3,
        says: 'Security Hub does not take findings, from the sweep either: it does not show them as they are.',
      });
    this.alarm('TransitionsFail', {
      metric: own('TransitionsFailed', FIVE_MINUTES),
      above: 0,
      periods: 3,
      says: 'Transitions could not be published for a quarter of an hour.',
    });
  }

  private alarm(id: string, { metric, above, says, periods = 1 }: Limit): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: described(id, says),
    });
    alarm.addAlarmAction(new SnsAction(this.alarms));
  }

  private draw({ queues, deadLetters, failures, stateMachine }: WatchProps): void {
    const graph = (title: string, left: readonly IMetric[]) =>
      new GraphWidget({ title, left: [...left], width: 12 });
    const each = (names: readonly OwnMetric[]) => names.map((name) => own(name, FIVE_MINUTES));
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          graph('Events', each(['EventsReceived', 'EventsIgnored', 'EventsUnreadable', 'ScopesRequested'])),
          graph('Evaluations', [
            ...each(['EvaluationsStarted', 'EvaluationsBegun', 'LanesResumed']),
            stateMachine.metricFailed({ period: FIVE_MINUTES }),
          ]),
        ],
        [
          graph('Findings', each(['Transitions', 'TransitionsPublished', 'TransitionsLeftOver'])),
          graph('What is not known', each(['ChecksUndecided', 'CoverageGaps'])),
        ],
        [
          graph('Seconds from event to verdict', [
            own('SecondsFromEventToVerdict', FIVE_MINUTES, Stats.percentile(50)),
            own('SecondsFromEventToVerdict', FIVE_MINUTES, Stats.percentile(95)),
          ]),
          graph(
            'Queues',
            [queues, deadLetters, failures]
              .flatMap((group) => Object.values(group))
              .map((queue) => queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE })),
          ),
        ],
      ],
    });
  }
}

/** What an alarm tells whoever is called: what is wrong, and where it is written what to do. */
function described(id: string, says: string): string {
  return `${says} What to do: docs/runbook.md, ${id}.`;
}

/** A metric that podtrust writes by itself (shared/lambda/logger.ts). */
function own(metricName: OwnMetric, period: Duration, statistic: string = Stats.SUM): Metric {
  return new Metric({
    namespace: 'podtrust',
    metricName,
    dimensionsMap: { service: 'pipeline' },
    period,
    statistic,
  });
}
