import type { Role } from '../../shared/estate/snapshot.ts';

/** What the demo's roles may do: the shapes of the well-known controllers' policies, narrowed to named resources. */

type Inline = NonNullable<Role['inlinePolicies']>;

const inline = (name: string, ...statements: readonly object[]): Inline => [
  { name, document: JSON.stringify({ Version: '2012-10-17', Statement: statements }) },
];
const allow = (
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: object,
): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

/** Inline policies by what their holder is. */
export const PERMISSIONS = {
  'external-dns': inline(
    'route53',
    allow(['route53:ChangeResourceRecordSets'], 'arn:aws:route53:::hostedzone/Z08153412BRAMBLE'),
    allow(['route53:ListHostedZones', 'route53:ListResourceRecordSets'], '*'),
  ),
  'cert-manager': inline(
    'dns01',
    allow(['route53:GetChange'], 'arn:aws:route53:::change/*'),
    allow(['route53:ChangeResourceRecordSets'], 'arn:aws:route53:::hostedzone/Z08153412BRAMBLE'),
  ),
  'load-balancer': inline(
    'elb',
    allow(['elasticloadbalancing:Describe*', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups'], '*'),
    allow(
      ['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:ModifyListener'],
      'arn:aws:elasticloadbalancing:*:*:loadbalancer/*',
    ),
  ),
  'ebs-csi': [],
  autoscaler: inline(
    'asg',
    allow(['autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstanceTypes'], '*'),
    allow(['autoscaling:SetDesiredCapacity'], '*', {
      StringEquals: { 'aws:ResourceTag/k8s.io/cluster-autoscaler/enabled': 'true' },
    }),
  ),
  karpenter: inline(
    'instances',
    allow(['ec2:DescribeInstanceTypes', 'ec2:DescribeSubnets', 'pricing:GetProducts'], '*'),
    allow(['ec2:TerminateInstances'], 'arn:aws:ec2:*:*:instance/*', {
      StringLike: { 'aws:ResourceTag/karpenter.sh/nodepool': '*' },
    }),
    allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], 'arn:aws:sqs:*:*:karpenter-interruption'),
  ),
  logs: inline(
    'logs',
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], 'arn:aws:logs:*:*:log-group:/bramble/*'),
  ),
  bucket: inline(
    'bucket',
    allow(
      ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
      ['arn:aws:s3:::bramble-workload', 'arn:aws:s3:::bramble-workload/*'],
    ),
  ),
  queue: inline('queue', allow(['sqs:SendMessage', 'sqs:ReceiveMessage'], 'arn:aws:sqs:*:*:bramble-*')),
  table: inline(
    'table',
    allow(['dynamodb:GetItem', 'dynamodb:PutItem'], 'arn:aws:dynamodb:*:*:table/bramble-*'),
  ),
  metrics: inline('metrics', allow(['cloudwatch:PutMetricData'], '*')),
  none: [],
} satisfies Record<string, Inline>;

export type Permission = keyof typeof PERMISSIONS;

/** Inline policy of a first role that takes on another one. */
export const assuming = (target: string): Inline =>
  inline('second-hop', allow(['sts:AssumeRole', 'sts:TagSession'], target));

export const aws = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
