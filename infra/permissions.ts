import { ArnFormat, CfnElement, Stack, Token } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { INDEX_NAMES } from '../shared/aws/findings/table.ts';
import type { Permission, PermissionTarget } from '../shared/lambda/permissions.ts';
import { PACED_MAP } from '../shared/pipeline/scan/pace-scan.ts';
import { productArn } from '../shared/reports/asff.ts';
import { acknowledge } from './acknowledge.ts';
import type { PipelineFunction } from './constructs/pipeline-function.ts';
import { Workflow } from './constructs/workflow.ts';

/** What the permissions' targets are in this stack. */
export interface Targets {
  readonly bus: EventBus;
  readonly bucket: Bucket;
  readonly key: Key;
  readonly topic: Topic;
  /** Absent where nobody chats. */
  readonly chatTopic?: Topic;
  /** Absent in a stack whose functions keep no findings. */
  readonly table?: Table;
  /** Absent where nothing is repaired. */
  readonly repairTable?: Table;
  /** Name of the state machine Remediate. */
  readonly remediateMachine?: string;
  readonly writeRole?: string;
  /** Its name: the ARN itself would tie the machine and the functions inside it into a circle. */
  readonly stateMachine: string;
  /** Name of the state machine of scans, absent in a stack that scans nothing. */
  readonly scanMachine?: string;
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
          resources: arnsOf(target, targets, Stack.of(to)),
        }),
    ),
  });
  for (const target of byTarget.keys()) {
    const accepted = wildcard(target, targets, Stack.of(to));
    if (accepted !== null)
      acknowledge(policy, `AwsSolutions-IAM5[Resource::${accepted.resource}]`, accepted.reason);
  }
  to.lambda.node.addDependency(policy);
}

/** A target whose resource has a wildcard in it, as cdk-nag spells it, and why; null for one that is exact. */
function wildcard(
  target: PermissionTarget,
  { bucket, readRole, stateMachine, scanMachine = '', writeRole = '' }: Targets,
  stack: Stack,
): { readonly resource: string; readonly reason: string } | null {
  switch (target) {
    case 'account':
      return {
        resource: '*',
        reason:
          'Whatever exists is listed and described, so the resource is any. The actions are the reads that the code ' +
          'calls, each by its name.',
      };
    case 'objects':
      return {
        resource: objectsOf(bucket, '*', stack),
        reason: "The pipeline's own objects in the pipeline's own bucket.",
      };
    case 'executions':
      return {
        resource: executionsOf(stateMachine, stack),
        reason: "Any execution of the pipeline's own state machine, whose names are not known before.",
      };
    case 'scan-executions':
      return {
        resource: executionsOf(scanMachine, stack),
        reason: "Any execution of the scan's own state machine, whose names are not known before.",
      };
    case 'scan-map-runs':
      return {
        resource: mapRunsOf(scanMachine, stack),
        reason: "Any run of the scan's own map, whose names are not known before.",
      };
    case 'read-roles':
      return {
        resource: `arn:<AWS::Partition>:iam::*:role/${readRole}`,
        reason: 'One role name in whichever account an event comes from; that role decides whom it trusts.',
      };
    case 'write-roles':
      return {
        resource: `arn:<AWS::Partition>:iam::*:role/${writeRole}`,
        reason:
          'One role name in whichever account wants fixes; that role decides whom it trusts, and each session may do ' +
          'what one change needs.',
      };
    case 'bus':
    case 'bucket':
    case 'key':
    case 'topic':
    case 'chat-topic':
    case 'security-hub-product':
    case 'state-machine':
    case 'table':
    case 'table-and-indexes':
    case 'repair-table':
    case 'remediate-machine':
      return null;
  }
}

/** How cdk-nag spells the executions of a state machine. */
export function executionsOf(stateMachine: string, stack: Stack): string {
  return `${statesOf(stack)}:execution:${stateMachine}:*`;
}

/** How cdk-nag spells the runs of the map whose pace is set. */
function mapRunsOf(stateMachine: string, stack: Stack): string {
  return `${statesOf(stack)}:mapRun:${stateMachine}/${PACED_MAP}:*`;
}

const statesOf = (stack: Stack): string =>
  `arn:<AWS::Partition>:states:${spelled(stack.region, 'Region')}:${spelled(stack.account, 'AccountId')}`;

/** How cdk-nag spells objects of a bucket. */
export function objectsOf(bucket: Bucket, pattern: string, stack: Stack): string {
  return `<${logicalId(bucket, stack)}.Arn>/${pattern}`;
}

/** How cdk-nag spells a stack's region or account: by name while it is open, as it is once the stack has one. */
const spelled = (value: string, name: string): string =>
  Token.isUnresolved(value) ? `<AWS::${name}>` : value;

function logicalId({ node }: Bucket, stack: Stack): string {
  const { defaultChild } = node;
  return CfnElement.isCfnElement(defaultChild) ? stack.getLogicalId(defaultChild) : '';
}

function arnsOf(target: PermissionTarget, targets: Targets, stack: Stack): string[] {
  if (target !== 'table-and-indexes') return [arnOf(target, targets, stack)];
  const table = tableArn(targets);
  return [table, ...INDEX_NAMES.map((name) => `${table}/index/${name}`)];
}

/** Throws RangeError when a function of the stack declares what the stack does not have. */
function tableArn({ table }: Targets): string {
  if (table === undefined)
    throw new RangeError('A function wants the table of findings: give it to grant().');
  return table.tableArn;
}

/** Throws RangeError when a function of the stack declares what the stack does not have. */
function repairTableArn({ repairTable }: Targets): string {
  if (repairTable === undefined)
    throw new RangeError('A function wants the table of repairs: give it to grant().');
  return repairTable.tableArn;
}

/** Throws RangeError when a function of the stack declares what the stack does not have. */
function named(name: string | undefined, what: string): string {
  if (name === undefined) throw new RangeError(`A function wants ${what}: give it to grant().`);
  return name;
}

/** Throws RangeError when a function of the stack declares what the stack does not have. */
function chatTopicArn({ chatTopic }: Targets): string {
  if (chatTopic === undefined) throw new RangeError('A function wants the chat topic: give it to grant().');
  return chatTopic.topicArn;
}

function arnOf(
  target: Exclude<PermissionTarget, 'table-and-indexes'>,
  targets: Targets,
  stack: Stack,
): string {
  switch (target) {
    case 'table':
      return tableArn(targets);
    case 'repair-table':
      return repairTableArn(targets);
    case 'bucket':
      return targets.bucket.bucketArn;
    case 'objects':
      return targets.bucket.arnForObjects('*');
    case 'key':
      return targets.key.keyArn;
    case 'topic':
      return targets.topic.topicArn;
    case 'chat-topic':
      return chatTopicArn(targets);
    case 'security-hub-product':
      return productArn(stack);
    case 'bus':
      return targets.bus.eventBusArn;
    case 'state-machine':
      return Workflow.arnOf(stack, targets.stateMachine);
    case 'executions':
      return ofStates('execution', `${targets.stateMachine}:*`, stack);
    case 'scan-executions':
      return ofStates('execution', `${scanMachine(targets)}:*`, stack);
    case 'scan-map-runs':
      return ofStates('mapRun', `${scanMachine(targets)}/${PACED_MAP}:*`, stack);
    case 'remediate-machine':
      return Workflow.arnOf(stack, named(targets.remediateMachine, 'the state machine of repairs'));
    case 'account':
      return '*';
    case 'read-roles':
      return roleInAnyAccount(targets.readRole, stack);
    case 'write-roles':
      return roleInAnyAccount(named(targets.writeRole, 'the write role'), stack);
  }
}

const scanMachine = (targets: Targets): string => named(targets.scanMachine, 'the state machine of scans');

function ofStates(resource: string, resourceName: string, stack: Stack): string {
  return stack.formatArn({
    service: 'states',
    resource,
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function roleInAnyAccount(resourceName: string, stack: Stack): string {
  return stack.formatArn({
    service: 'iam',
    region: '',
    account: '*',
    resource: 'role',
    resourceName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
