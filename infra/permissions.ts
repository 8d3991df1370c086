import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Permission, PermissionTarget } from '../shared/lambda/permissions.ts';
import { acknowledge } from './acknowledge.ts';
import type { PipelineFunction } from './constructs/pipeline-function.ts';

/** What the permissions' targets are in this stack. */
export interface Targets {
  readonly bucket: Bucket;
  readonly key: Key;
  readonly topic: Topic;
  readonly stateMachine: StateMachine;
  readonly readRole: string;
}

/** Gives a function exactly what its code declares, one statement for each target. */
export function grant(to: PipelineFunction, permissions: readonly Permission[], targets: Targets): void {
  const byTarget = Map.groupBy(permissions, ({ on }) => on);
  const policy = new Policy(to, 'Declared', {
    roles: [to.role],
    statements: [...byTarget].map(
      ([target, declared]) =>
        new PolicyStatement({
          actions: [...new Set(declared.flatMap(({ actions }) => actions))].sort(),
          resources: [arnOf(target, targets, Stack.of(to))],
        }),
    ),
  });
  const reason = [...byTarget.keys()].map((target) => REASONS[target]).find((each) => each !== undefined);
  if (reason !== undefined) acknowledge(policy, 'AwsSolutions-IAM5', reason);
  to.lambda.node.addDependency(policy);
}

/** Why a target's resource has a wildcard in it; targets without one are exact. */
const REASONS: Partial<Record<PermissionTarget, string>> = {
  account:
    'Lists and descriptions of IAM, EKS and CloudTrail are asked of whatever exists: the resource is any, the actions ' +
    'are the listed reads.',
  objects: "The objects of podtrust's own bucket.",
};

function arnOf(target: PermissionTarget, targets: Targets, stack: Stack): string {
  switch (target) {
    case 'bucket':
      return targets.bucket.bucketArn;
    case 'objects':
      return targets.bucket.arnForObjects('evaluations/*');
    case 'key':
      return targets.key.keyArn;
    case 'topic':
      return targets.topic.topicArn;
    case 'state-machine':
      return targets.stateMachine.stateMachineArn;
    case 'account':
      return '*';
    case 'read-roles':
      return stack.formatArn({
        service: 'iam',
        region: '',
        account: '*',
        resource: 'role',
        resourceName: targets.readRole,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      });
  }
}
