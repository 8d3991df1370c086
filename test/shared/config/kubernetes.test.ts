import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../shared/config/check-config.ts';

const vpc = { subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d'] };
const clusters = [{ cluster: 'prod' }];
const check = (kubernetes: unknown) => checkConfig(JSON.stringify({ deployment: { kubernetes } }));

describe('deployment.kubernetes', () => {
  it.each([
    ['a name', { clusters }],
    ['an ARN', { clusters: [{ cluster: 'arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod' }] }],
    ['a tag', { clusters: [{ clusterTag: { key: 'podtrust', value: 'read' } }] }],
    ['a VPC', { clusters, vpc }],
  ])('takes %s', (_what, kubernetes) => {
    expect(check(kubernetes)).toMatchObject({ config: { deployment: { kubernetes } } });
  });

  it.each([
    ['no cluster', { clusters: [] }, 'deployment.kubernetes.clusters'],
    ['a VPC without clusters', { vpc }, 'deployment.kubernetes.clusters'],
    ['no security group', { clusters, vpc: { ...vpc, securityGroupIds: [] } }, 'securityGroupIds'],
    ['a VPC by its id', { clusters, vpc: { ...vpc, vpcId: 'vpc-0a1b2c3d' } }, 'vpcId'],
    ['a subnet that is none', { clusters, vpc: { ...vpc, subnetIds: ['sg-0a1b2c3d'] } }, 'subnetIds'],
    ['a misspelt key', { clusters: [{ clusterName: 'prod' }] }, 'clusters'],
  ])('refuses %s, and says where', (_what, kubernetes, where) => {
    const checked = check(kubernetes);
    expect('problems' in checked && checked.problems.map(({ path }) => path).join()).toContain(where);
  });
});
