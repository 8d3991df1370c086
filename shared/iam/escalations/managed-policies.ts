/**
 * AWS managed policies whose document the snapshot may lack, reduced to the statements that the grade depends on. Not
 * the documents themselves: actions that grade `limited` are abridged, and what AWS scopes to a family of names is
 * written as such. Names and contents after the AWS managed policy reference.
 */

interface Sketch {
  readonly allow?: readonly string[];
  /** `NotAction` on everything. */
  readonly allBut?: readonly string[];
  /** `iam:PassRole` on these resources, to these services. */
  readonly pass?: { readonly roles: readonly string[]; readonly to: readonly string[] };
}

const allow = (...actions: readonly string[]): Sketch => ({ allow: actions });

/** By name with path, as in `arn:<partition>:iam::aws:policy/<name>`. */
const SKETCHES: Readonly<Record<string, Sketch>> = {
  AdministratorAccess: allow('*'),
  PowerUserAccess: { allBut: ['iam:*', 'organizations:*', 'account:*'], allow: ['iam:ListRoles'] },
  IAMFullAccess: allow('iam:*', 'organizations:Describe*'),
  ReadOnlyAccess: allow(
    's3:Get*',
    'dynamodb:Get*',
    'dynamodb:BatchGet*',
    'dynamodb:Query',
    'dynamodb:Scan',
    'ssm:Get*',
    'ec2:Describe*',
    'iam:Get*',
    'iam:List*',
  ),
  'job-function/ViewOnlyAccess': allow('ec2:Describe*', 'iam:List*', 's3:ListAllMyBuckets', 's3:ListBucket'),
  SecurityAudit: allow('ec2:Describe*', 'iam:Get*', 'iam:List*', 's3:GetBucket*', 's3:ListAllMyBuckets'),
  AmazonS3FullAccess: allow('s3:*', 's3-object-lambda:*'),
  AmazonS3ReadOnlyAccess: allow('s3:Get*', 's3:List*', 's3:Describe*'),
  AmazonDynamoDBFullAccess: allow('dynamodb:*'),
  AmazonDynamoDBFullAccess_v2: allow('dynamodb:*'),
  AmazonDynamoDBReadOnlyAccess: allow(
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
  ),
  AmazonSQSFullAccess: allow('sqs:*'),
  AmazonSQSReadOnlyAccess: allow('sqs:GetQueueAttributes', 'sqs:ListQueues'),
  AmazonSNSFullAccess: allow('sns:*'),
  AmazonKinesisFullAccess: allow('kinesis:*'),
  AmazonKinesisReadOnlyAccess: allow('kinesis:Get*', 'kinesis:List*', 'kinesis:Describe*'),
  AmazonRDSDataFullAccess: allow('rds-data:ExecuteStatement', 'secretsmanager:ListSecrets'),
  SecretsManagerReadWrite: allow('secretsmanager:*', 'kms:DescribeKey', 'lambda:CreateFunction'),
  AmazonSSMFullAccess: allow('ssm:*', 'ec2messages:*', 'cloudwatch:PutMetricData'),
  AmazonSSMReadOnlyAccess: allow('ssm:Describe*', 'ssm:Get*', 'ssm:List*'),
  AmazonSSMManagedInstanceCore: allow(
    'ssm:GetParameter',
    'ssm:GetParameters',
    'ssmmessages:*',
    'ec2messages:*',
  ),
  AmazonEC2FullAccess: allow('ec2:*', 'elasticloadbalancing:*', 'cloudwatch:*', 'autoscaling:*'),
  AmazonEC2ReadOnlyAccess: allow('ec2:Describe*', 'elasticloadbalancing:Describe*', 'autoscaling:Describe*'),
  AWSLambda_FullAccess: {
    allow: ['lambda:*', 'iam:ListRoles'],
    pass: { roles: ['*'], to: ['lambda.amazonaws.com'] },
  },
  AWSLambda_ReadOnlyAccess: allow('lambda:Get*', 'lambda:List*', 'iam:ListRoles'),
  'service-role/AWSLambdaBasicExecutionRole': allow('logs:CreateLogGroup', 'logs:PutLogEvents'),
  AmazonECS_FullAccess: {
    allow: ['ecs:*', 'ec2:RunInstances', 'cloudformation:CreateStack', 'autoscaling:CreateAutoScalingGroup'],
    pass: { roles: ['*'], to: ['ecs-tasks.amazonaws.com'] },
  },
  AWSCloudFormationFullAccess: allow('cloudformation:*'),
  AmazonEKS_CNI_Policy: allow(
    'ec2:AssignPrivateIpAddresses',
    'ec2:AttachNetworkInterface',
    'ec2:CreateNetworkInterface',
  ),
  'service-role/AmazonEBSCSIDriverPolicy': allow(
    'ec2:AttachVolume',
    'ec2:CreateSnapshot',
    'ec2:CreateVolume',
  ),
  'service-role/AmazonEFSCSIDriverPolicy': allow(
    'elasticfilesystem:DescribeFileSystems',
    'elasticfilesystem:CreateAccessPoint',
  ),
  AmazonEKSWorkerNodePolicy: allow(
    'ec2:DescribeInstances',
    'eks:DescribeCluster',
    'eks-auth:AssumeRoleForPodIdentity',
  ),
  AmazonEKSWorkerNodeMinimalPolicy: allow('eks-auth:AssumeRoleForPodIdentity'),
  AmazonEC2ContainerRegistryReadOnly: allow('ecr:GetAuthorizationToken', 'ecr:BatchGetImage'),
  AmazonEC2ContainerRegistryPullOnly: allow('ecr:GetAuthorizationToken', 'ecr:BatchGetImage'),
  AmazonEC2ContainerRegistryPowerUser: allow(
    'ecr:GetAuthorizationToken',
    'ecr:BatchGetImage',
    'ecr:PutImage',
  ),
  AmazonEKSClusterPolicy: allow(
    'ec2:CreateTags',
    'ec2:DescribeInstances',
    'elasticloadbalancing:CreateLoadBalancer',
  ),
  AmazonEKSServicePolicy: allow('ec2:CreateNetworkInterface', 'eks:UpdateClusterVersion'),
  AmazonEKSVPCResourceController: allow('ec2:AttachNetworkInterface', 'ec2:DescribeSubnets'),
  AmazonEKSFargatePodExecutionRolePolicy: allow('ecr:GetAuthorizationToken', 'ecr:BatchGetImage'),
  AmazonRoute53FullAccess: allow('route53:*', 'route53domains:*'),
  AmazonRoute53ReadOnlyAccess: allow('route53:Get*', 'route53:List*'),
  CloudWatchAgentServerPolicy: allow('cloudwatch:PutMetricData', 'logs:PutLogEvents', 'ec2:DescribeTags'),
  CloudWatchReadOnlyAccess: allow('cloudwatch:Get*', 'cloudwatch:List*', 'logs:Get*', 'logs:FilterLogEvents'),
  CloudWatchLogsFullAccess: allow('logs:*'),
  AmazonPrometheusRemoteWriteAccess: allow('aps:RemoteWrite'),
  AmazonPrometheusQueryAccess: allow('aps:QueryMetrics', 'aps:GetLabels'),
  AWSXRayDaemonWriteAccess: allow('xray:PutTraceSegments', 'xray:GetSamplingRules'),
  AutoScalingFullAccess: allow('autoscaling:*', 'cloudwatch:PutMetricAlarm'),
  AutoScalingReadOnlyAccess: allow('autoscaling:Describe*'),
};

const AWS_MANAGED = /^arn:[a-z0-9-]+:iam::aws:policy\/(.+)$/;

/** Document that stands in for an AWS managed policy of known name, in any partition; undefined for every other ARN. */
export function knownManagedDocument(arn: string): string | undefined {
  const name = AWS_MANAGED.exec(arn)?.[1];
  if (name === undefined || !Object.hasOwn(SKETCHES, name)) return undefined;
  const sketch = SKETCHES[name];
  return sketch && documentOf(sketch);
}

function documentOf(sketch: Sketch): string {
  const statements: object[] = [];
  if (sketch.allow) statements.push({ Effect: 'Allow', Action: sketch.allow, Resource: '*' });
  if (sketch.allBut) statements.push({ Effect: 'Allow', NotAction: sketch.allBut, Resource: '*' });
  if (sketch.pass) {
    const condition = { StringEquals: { 'iam:PassedToService': sketch.pass.to } };
    const pass = {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: sketch.pass.roles,
      Condition: condition,
    };
    statements.push(pass);
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
