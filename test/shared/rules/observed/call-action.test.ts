import { describe, expect, it } from 'vitest';
import { actionOfCall, mayBeGrantedByResource } from '../../../../shared/rules/observed/call-action.ts';

describe('the IAM action of a call', () => {
  it.each([
    ['ec2.amazonaws.com', 'DescribeInstances', 'ec2:DescribeInstances'],
    ['monitoring.amazonaws.com', 'PutMetricData', 'cloudwatch:PutMetricData'],
    ['tagging.amazonaws.com', 'GetResources', 'tag:GetResources'],
    ['sts.amazonaws.com', 'AssumeRole', 'sts:AssumeRole'],
  ])('%s %s is %s', (service, call, action) => {
    expect(actionOfCall(service, call)).toBe(action);
  });

  it.each([
    ['of a service whose actions are called otherwise', 's3.amazonaws.com', 'ListBuckets'],
    ['of a service that asks for methods', 'apigateway.amazonaws.com', 'GetRestApis'],
    ['of a call with its version in the name', 'lambda.amazonaws.com', 'GetFunction20150331v2'],
    ['of a call that asks for two', 'kms.amazonaws.com', 'ReEncrypt'],
    ['of a service that nobody knows', 'toString', 'GetX'],
    ['of a name that is none', 'ec2.amazonaws.com', 'x:*'],
  ])('is not guessed %s', (_what, service, call) => {
    expect(actionOfCall(service, call)).toBeUndefined();
  });
});

it.each([
  ['s3:GetObject', true],
  ['kms:Decrypt', true],
  ['sts:AssumeRole', true],
  ['ec2:DescribeInstances', false],
  ['route53:ListHostedZones', false],
])('%s may be granted by a resource: %s', (action, may) => {
  expect(mayBeGrantedByResource(action)).toBe(may);
});
