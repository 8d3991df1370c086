import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ScanConfig } from '../../shared/config/scan.ts';
import { acknowledge } from '../acknowledge.ts';
import { executionsOf, objectsOf } from '../permissions.ts';
import type { PipelineFunction } from './pipeline-function.ts';
import type { FunctionName } from './pipeline-functions.ts';
import { Workflow } from './workflow.ts';

interface OrgScanProps {
  readonly name: string;
  readonly lambda: (name: FunctionName) => PipelineFunction;
  readonly bucket: Bucket;
  readonly key: IKey;
  readonly config: ScanConfig;
}

/** Where the items of the maps are (shared/pipeline/scan/scan.ts). */
const LISTS = ['scans/*/accounts.json', 'scans/*/to-judge.json'];

/** The scan of all accounts: the state machine OrgScan, and the schedule that starts it. */
export class OrgScan extends Construct {
  readonly stateMachine: StateMachine;
  /** After so long without a scan that ended something is wrong; null where scans are not scheduled. */
  readonly overdueHours: number | null;

  constructor(scope: Construct, id: string, { name, lambda, bucket, key, config }: OrgScanProps) {
    super(scope, id);
    this.stateMachine = new Workflow(this, 'OrgScan', {
      file: 'org-scan.asl.json',
      name,
      functions: {
        ListAccountsFunctionArn: lambda('ListAccounts').lambda,
        CollectAccountFunctionArn: lambda('CollectAccount').lambda,
        PaceScanFunctionArn: lambda('PaceScan').lambda,
        CollectRegionFunctionArn: lambda('CollectRegion').lambda,
        AssembleFunctionArn: lambda('Assemble').lambda,
        JoinFunctionArn: lambda('Join').lambda,
        JudgeAccountFunctionArn: lambda('JudgeAccount').lambda,
        ReportFunctionArn: lambda('Report').lambda,
      },
      texts: { Partition: Aws.PARTITION, Bucket: bucket.bucketName },
    }).stateMachine;
    this.overdueHours = config.enabled ? config.overdueHours : null;
    this.allowMapRuns(name, bucket, key);
    this.schedule(config);
  }

  /** What a distributed map asks of the role (Step Functions developer guide, "IAM policies for using Distributed Map state"). */
  private allowMapRuns(name: string, bucket: Bucket, key: IKey): void {
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${name}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const policy = new Policy(this, 'MapRuns', {
      roles: [this.stateMachine.role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [Workflow.arnOf(this, name)] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [executions],
        }),
        new PolicyStatement({
          actions: ['s3:GetObject'],
          resources: LISTS.map((list) => bucket.arnForObjects(list)),
        }),
        new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }),
      ],
    });
    const stack = Stack.of(this);
    acknowledge(
      policy,
      `AwsSolutions-IAM5[Resource::${executionsOf(name, stack)}]`,
      "The executions of the scan's own items, whose names are not known before.",
    );
    for (const list of LISTS)
      acknowledge(
        policy,
        `AwsSolutions-IAM5[Resource::${objectsOf(bucket, list, stack)}]`,
        'The lists of items of any scan, and nothing else of the bucket.',
      );
  }

  private schedule({ schedule, enabled }: ScanConfig): void {
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['states:StartExecution'],
              resources: [this.stateMachine.stateMachineArn],
            }),
          ],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: schedule,
      state: enabled ? 'ENABLED' : 'DISABLED',
      target: {
        arn: this.stateMachine.stateMachineArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3600 },
      },
    });
  }
}
