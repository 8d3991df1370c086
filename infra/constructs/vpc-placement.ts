import { Effect, Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from '../acknowledge.ts';

/** What Lambda does with a function's role to put it into a VPC (Lambda developer guide, "Configuring VPC access"). */
const ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Puts a function into subnets of an existing VPC, by their ids: nothing of the VPC is looked up or changed. Lambda makes
 * the network interfaces with the function's role; the function's own code is denied those calls.
 */
export function placeInVpc(
  lambda: LambdaFunction,
  role: Role,
  vpc: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] },
): void {
  const { defaultChild } = lambda.node;
  if (!(defaultChild instanceof CfnFunction)) throw new TypeError('The function has no resource of its own.');
  defaultChild.vpcConfig = { subnetIds: [...vpc.subnetIds], securityGroupIds: [...vpc.securityGroupIds] };
  const scope = lambda.node.scope;
  if (scope === undefined) throw new TypeError('The function stands alone.');
  const network = new Policy(scope, 'Network', {
    roles: [role],
    statements: [new PolicyStatement({ actions: ACTIONS, resources: ['*'] })],
  });
  lambda.node.addDependency(network);
  const denied = new Policy(scope, 'NetworkForLambdaAlone', {
    roles: [role],
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ACTIONS,
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': lambda.functionArn } },
      }),
    ],
  });
  for (const policy of [network, denied])
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Lambda makes the network interfaces of a function in a VPC, and their names are not known before; the code of the ' +
        'function is denied the same calls.',
    );
}
