import { CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { changePatterns, sessionPatterns } from '../shared/triggers/pattern.ts';
import { acknowledge } from './acknowledge.ts';
import { sessionRule } from './constructs/session-intake.ts';

interface MemberStackProps extends StackProps {
  /** ARN of the hub's bus; absent: a parameter of the template. */
  readonly busArn?: string;
  /** Sessions that were refused; those that were given, and calls that were refused in them, too. */
  readonly sessions: {
    readonly failed: boolean;
    readonly successes: boolean;
    readonly accessDenied: boolean;
  };
}

/**
 * What one account needs in one region: rules that send its events straight to the hub's bus, since EventBridge does not
 * pass on what came from another account. IAM's events arrive in the partition's IAM region alone: this stack has to be
 * there, too.
 */
export class MemberStack extends Stack {
  constructor(scope: Construct, id: string, { busArn, sessions, ...props }: MemberStackProps) {
    super(scope, id, props);
    const arn =
      busArn ??
      new CfnParameter(this, 'HubBusArn', {
        description: "ARN of the bus podtrust in the hub's account and region",
        allowedPattern: 'arn:[a-z0-9-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+',
      }).valueAsString;
    const role = new Role(this, 'Forward', { assumedBy: new ServicePrincipal('events.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [arn] }));
    const deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(deadLetters, 'AwsSolutions-SQS3', 'This is the dead-letter queue.');
    const target = {
      id: 'hub',
      arn,
      roleArn: role.roleArn,
      deadLetterConfig: { arn: deadLetters.queueArn },
    };
    const changes = changePatterns().map(
      (pattern, part) =>
        new CfnRule(this, `Changes${part + 1}`, {
          description: 'Changes of EKS identities, to the hub of podtrust',
          eventPattern: pattern,
          state: 'ENABLED',
          targets: [target],
        }),
    );
    const asked = sessions.failed ? sessionPatterns([], sessions) : [];
    const refused = asked.map((pattern, part) =>
      sessionRule(this, `Sessions${part + 1}`, pattern, 'default', target),
    );
    deadLetters.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        principals: [new ServicePrincipal('events.amazonaws.com')],
        resources: [deadLetters.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': [...changes, ...refused].map((rule) => rule.attrArn) } },
      }),
    );
  }
}
