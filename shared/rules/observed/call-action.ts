/**
 * Services whose API operations have an IAM action of the same name, by their host name in CloudTrail (Service Authorization
 * Reference). Others have actions that are called otherwise (API Gateway's are HTTP methods), or are not known well enough here.
 */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ...[
    'acm',
    'autoscaling',
    'cloudformation',
    'ec2',
    'ecr',
    'ecs',
    'eks',
    'elasticfilesystem',
    'elasticloadbalancing',
    'events',
    'iam',
    'kms',
    'logs',
    'rds',
    'route53',
    'secretsmanager',
    'servicediscovery',
    'sns',
    'sqs',
    'ssm',
    'states',
    'sts',
  ].map((prefix) => [`${prefix}.amazonaws.com`, prefix] as const),
  ['monitoring.amazonaws.com', 'cloudwatch'],
  ['tagging.amazonaws.com', 'tag'],
]);

/** Operations of these services that ask for other actions, or for more than one. */
const OTHERWISE: ReadonlySet<string> = new Set([
  'kms ReEncrypt',
  'sqs ChangeMessageVisibilityBatch',
  'sqs DeleteMessageBatch',
  'sqs SendMessageBatch',
  'sns PublishBatch',
  'secretsmanager BatchGetSecretValue',
  'logs StartLiveTail',
]);

/** The IAM action that a call asks for, where its name is sure; undefined where it is not. */
export function actionOfCall(service: string, call: string): string | undefined {
  const prefix = PREFIXES.get(service);
  return prefix === undefined || OTHERWISE.has(`${prefix} ${call}`) || !/^[A-Z][A-Za-z0-9]*$/.test(call)
    ? undefined
    : `${prefix}:${call}`;
}

/**
 * Services that let nobody in by a policy of a resource (IAM user guide, "AWS services that work with IAM"): what the role's
 * own policies do not allow is refused there for certain.
 */
const WITHOUT_RESOURCE_POLICIES: ReadonlySet<string> = new Set([
  'autoscaling',
  'cloudwatch',
  'ec2',
  'ecs',
  'eks',
  'elasticloadbalancing',
  'iam',
  'route53',
  'tag',
]);

/** Whether another policy than the role's may allow an action. */
export function mayBeGrantedByResource(action: string): boolean {
  return !WITHOUT_RESOURCE_POLICIES.has(action.slice(0, action.indexOf(':')));
}
