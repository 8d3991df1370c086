import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { kubernetesPermissions } from '../../shared/aws/permissions.ts';
import { hub } from './hub.ts';

const clusters = [{ cluster: 'prod' }];
const vpc = {
  subnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d'],
  securityGroupIds: ['sg-0a1b2c3d4e5f60718'],
};

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const partsOf = (deployment: object, more: object = {}) => {
  const { stack, template } = hub(deployment, more);
  const resources: Record<string, Resource> = template.toJSON()['Resources'];
  const named = (prefix: string, type: string) =>
    Object.entries(resources).flatMap(([id, one]) =>
      one.Type === type && id.startsWith(prefix) ? [one] : [],
    );
  return { stack, template, named };
};

const actionsOf = (policies: readonly Resource[]): string[] =>
  policies.flatMap(({ Properties }) =>
    (Properties['PolicyDocument'] as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
      ({ Action }) => Action,
    ),
  );

describe('a hub that reads no cluster', () => {
  const { template, named } = partsOf({});

  it('has no function in a VPC, and asks EC2 nothing', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/"VpcConfig"|"ec2:/);
    expect(actionsOf(named('CollectDeclared', 'AWS::IAM::Policy'))).not.toContain('ec2:DescribeInstances');
  });
});

describe('a hub that reads clusters', () => {
  it('lets those that collect, and no other function, ask EC2 about nodes; they are in no VPC', () => {
    const { template, named } = partsOf({ kubernetes: { clusters } });
    const collect = named('CollectDeclared', 'AWS::IAM::Policy');
    expect(actionsOf(collect)).toEqual(expect.arrayContaining([...kubernetesPermissions().actions]));
    const others = named('', 'AWS::IAM::Policy').filter(
      (one) => ![...collect, ...named('CollectRegionDeclared', 'AWS::IAM::Policy')].includes(one),
    );
    expect(actionsOf(others).filter((action) => action.startsWith('ec2:'))).toEqual([]);
    expect(JSON.stringify(template.toJSON())).not.toContain('"VpcConfig"');
  });

  it('has nothing that AWS Solutions checks find, in a VPC or not', () => {
    for (const kubernetes of [{ clusters }, { clusters, vpc }]) {
      const { stack } = partsOf({ kubernetes });
      expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
    }
  });
});

describe('a hub that reads clusters from a VPC', () => {
  const { template, named } = partsOf({ kubernetes: { clusters, vpc } });

  it('has those that collect alone in its subnets, with its security groups', () => {
    const inside = named('', 'AWS::Lambda::Function').filter(({ Properties }) => 'VpcConfig' in Properties);
    expect(inside).toEqual([
      ...named('CollectFunction', 'AWS::Lambda::Function'),
      ...named('CollectRegionFunction', 'AWS::Lambda::Function'),
    ]);
    for (const { Properties } of inside)
      expect(Properties['VpcConfig']).toEqual({
        SubnetIds: vpc.subnetIds,
        SecurityGroupIds: vpc.securityGroupIds,
      });
  });

  it('lets Lambda make its network interfaces before the function is made, and denies that to its code', () => {
    const actions = actionsOf(named('CollectNetwork', 'AWS::IAM::Policy'));
    expect(actions).toContain('ec2:CreateNetworkInterface');
    template.hasResource('AWS::Lambda::Function', {
      Properties: { VpcConfig: Match.anyValue() },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^CollectNetwork')]),
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Action: Match.arrayWith(['ec2:CreateNetworkInterface']),
            Condition: {
              ArnEquals: {
                'lambda:SourceFunctionArn': {
                  'Fn::GetAtt': [Match.stringLikeRegexp('^CollectFunction'), 'Arn'],
                },
              },
            },
          },
        ],
      },
    });
  });

  it('makes nothing of EC2: the VPC is there already', () => {
    expect(named('', 'AWS::EC2::VPC')).toEqual([]);
    expect(JSON.stringify(template.toJSON())).not.toContain('AWS::EC2::');
  });
});

describe('a hub that writes clusters', () => {
  const arn = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';
  const inside = (fixes: object) =>
    Object.entries(
      partsOf(
        { kubernetes: { clusters, vpc } },
        { fixes: { mode: 'approve', ...fixes } },
      ).template.findResources('AWS::Lambda::Function'),
    )
      .filter(([, { Properties }]) => 'VpcConfig' in Properties)
      .map(([id]) => id.replace(/Function.*/, ''))
      .sort();

  it('has those that write them in the VPC, too, and nothing more otherwise', () => {
    expect(inside({ kubernetes: [{ cluster: arn }] })).toEqual([
      'Apply',
      'Collect',
      'CollectRegion',
      'RollBack',
      'Verify',
    ]);
    expect(inside({})).toEqual(['Collect', 'CollectRegion', 'Verify']);
  });

  it('has nothing that AWS Solutions checks find', () => {
    const { stack } = partsOf(
      { kubernetes: { clusters, vpc } },
      { fixes: { mode: 'approve', kubernetes: [{ cluster: arn }] } },
    );
    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });
});
