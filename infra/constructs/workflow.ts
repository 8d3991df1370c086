import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

interface WorkflowProps {
  /** File under infra/workflows/. */
  readonly file: string;
  /** Its own, so that functions inside the machine can know its ARN. */
  readonly name: string;
  /** What its `${…}` stand for. */
  readonly functions: Readonly<Record<string, IFunction>>;
  /** What others of its `${…}` stand for. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** A Standard state machine from an ASL file, as it is. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  /** The ARN that a state machine of a name will have in the stack of a construct. */
  static arnOf(scope: Construct, name: string): string {
    return Stack.of(scope).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  constructor(scope: Construct, id: string, { file, name, functions, texts = {} }: WorkflowProps) {
    super(scope, id);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      definitionBody: DefinitionBody.fromString(
        readFileSync(join(import.meta.dirname, '..', 'workflows', file), 'utf8'),
      ),
      definitionSubstitutions: {
        ...texts,
        ...Object.fromEntries(
          Object.entries(functions).map(([name, { functionArn }]) => [name, functionArn]),
        ),
      },
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: false,
        destination: new LogGroup(this, 'Log', {
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(functions).map(({ functionArn }) => functionArn),
      }),
    );
    acknowledge(
      this.stateMachine,
      'AwsSolutions-IAM5[Resource::*]',
      'The deliveries of logs and the segments of X-Ray have no resources (Step Functions developer guide, "Logging ' +
        'using CloudWatch Logs").',
    );
  }
}
