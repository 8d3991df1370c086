import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

interface ScheduleProps {
  readonly of: IFunction;
  readonly minutes: number;
}

/** Calls a function every few minutes with an empty input; a call that fails is left to the next one. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { of, minutes }: ScheduleProps) {
    super(scope, id);
    // By hand: the library's own target may call every version of the function.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      inlinePolicies: {
        call: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [of.functionArn] }),
          ],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: `rate(${minutes} minutes)`,
      target: {
        arn: of.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
  }
}
