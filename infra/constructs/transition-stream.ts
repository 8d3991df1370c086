import { Duration } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { TRANSITION_SORT_KEY } from '../../shared/aws/findings/table.ts';
import { acknowledge } from '../acknowledge.ts';

interface TransitionStreamProps {
  readonly table: Table;
  readonly consumer: IFunction;
}

/** How often a batch is tried before what fails in it is put aside; the sweep publishes it later. */
const TRIES = 10;

/** From the table of findings to whoever tells of them: inserted transitions, and nothing else of the stream. */
export class TransitionStream extends Construct {
  /** Where the stream's positions of failed batches go. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, { table, consumer }: TransitionStreamProps) {
    super(scope, id);
    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.failures, 'AwsSolutions-SQS3', 'This is the dead-letter queue.');
    consumer.addEventSource(
      // aws-cdk-lib is not written for exactOptionalPropertyTypes: its own class does not fit its interface.
      new DynamoEventSource(table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(0),
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: TRIES,
        onFailure: new SqsDlq(this.failures),
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual('INSERT'),
            dynamodb: { NewImage: { sk: { S: FilterRule.isEqual(TRANSITION_SORT_KEY) } } },
          }),
        ],
      }),
    );
  }
}
