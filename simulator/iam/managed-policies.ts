import type { PolicyState } from '../state.ts';

type Document = readonly { readonly actions: string | readonly string[]; readonly condition?: object }[];

/**
 * AWS managed policies that EKS estates use, abridged to the actions that decide what a holder can do; resources are `*`
 * throughout. Source: AWS managed policy reference guide.
 */
const DOCUMENTS: Readonly<Record<string, Document>> = {
  AdministratorAccess: [{ actions: '*' }],
  PowerUserAccess: [
    {
      actions: [
        'ec2:*',
        's3:*',
        'eks:*',
        'sqs:*',
        'sns:*',
        'dynamodb:*',
        'rds:*',
        'lambda:*',
        'cloudwatch:*',
      ],
    },
    { actions: ['iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole', 'iam:ListRoles'] },
  ],
  ReadOnlyAccess: [
    {
      actions: [
        'ec2:Describe*',
        's3:Get*',
        's3:List*',
        'eks:Describe*',
        'eks:List*',
        'iam:Get*',
        'iam:List*',
      ],
    },
  ],
  SecurityAudit: [
    { actions: ['iam:Get*', 'iam:List*', 'eks:Describe*', 'eks:List*', 'cloudtrail:Describe*'] },
  ],
  AmazonS3ReadOnlyAccess: [{ actions: ['s3:Get*', 's3:List*', 's3:Describe*'] }],
  AmazonEKSClusterPolicy: [
    {
      actions: [
        'autoscaling:DescribeAutoScalingGroups',
        'ec2:DescribeInstances',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'elasticloadbalancing:DescribeLoadBalancers',
        'kms:DescribeKey',
      ],
    },
  ],
  AmazonEKSVPCResourceController: [
    {
      actions: ['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DetachNetworkInterface'],
    },
  ],
  AmazonEKSWorkerNodePolicy: [
    {
      actions: [
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeSubnets',
        'ec2:DescribeVolumes',
        'eks:DescribeCluster',
        'eks-auth:AssumeRoleForPodIdentity',
      ],
    },
  ],
  AmazonEKS_CNI_Policy: [
    {
      actions: [
        'ec2:AssignPrivateIpAddresses',
        'ec2:AttachNetworkInterface',
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:ModifyNetworkInterfaceAttribute',
        'ec2:UnassignPrivateIpAddresses',
      ],
    },
  ],
  AmazonEC2ContainerRegistryReadOnly: [
    {
      actions: [
        'ecr:GetAuthorizationToken',
        'ecr:BatchCheckLayerAvailability',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchGetImage',
      ],
    },
  ],
  AmazonSSMManagedInstanceCore: [
    {
      actions: [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ec2messages:GetMessages',
      ],
    },
  ],
  'service-role/AmazonEKSFargatePodExecutionRolePolicy': [
    { actions: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'] },
  ],
  'service-role/AmazonEBSCSIDriverPolicy': [
    {
      actions: [
        'ec2:CreateSnapshot',
        'ec2:AttachVolume',
        'ec2:DetachVolume',
        'ec2:ModifyVolume',
        'ec2:DescribeVolumes',
        'ec2:CreateVolume',
      ],
    },
  ],
  'service-role/AWSLambdaBasicExecutionRole': [
    { actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'] },
  ],
  CloudWatchAgentServerPolicy: [
    {
      actions: [
        'cloudwatch:PutMetricData',
        'logs:PutLogEvents',
        'logs:CreateLogStream',
        'logs:CreateLogGroup',
      ],
    },
  ],
};

const RELEASED = new Date('2015-02-06T18:40:00Z');

function asPolicy(partition: string, name: string, document: Document): PolicyState {
  const statements = document.map(({ actions }) => ({ Effect: 'Allow', Action: actions, Resource: '*' }));
  const slash = name.lastIndexOf('/') + 1;
  return {
    name: name.slice(slash),
    path: `/${name.slice(0, slash)}`,
    arn: `arn:${partition}:iam::aws:policy/${name}`,
    id: `ANPA${name
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .padEnd(17, 'A')
      .slice(0, 17)}`,
    created: RELEASED,
    description: undefined,
    versions: new Map([
      [
        'v1',
        { document: JSON.stringify({ Version: '2012-10-17', Statement: statements }), created: RELEASED },
      ],
    ]),
    defaultVersion: 'v1',
    nextVersion: 2,
    tags: new Map(),
  };
}

const ARN = /^arn:([^:]+):iam::aws:policy\/(.+)$/;

/** An AWS managed policy by its ARN, or undefined when the simulator does not know it. */
export function managedPolicy(partition: string, arn: string): PolicyState | undefined {
  const match = ARN.exec(arn);
  const document = match?.[1] === partition ? DOCUMENTS[match[2] ?? ''] : undefined;
  return document === undefined ? undefined : asPolicy(partition, match?.[2] ?? '', document);
}

/** Every AWS managed policy that the simulator knows. */
export function managedPolicies(partition: string): PolicyState[] {
  return Object.entries(DOCUMENTS).map(([name, document]) => asPolicy(partition, name, document));
}
