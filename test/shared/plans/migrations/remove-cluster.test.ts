import { describe, expect, it } from 'vitest';
import { withoutCluster } from '../../../../shared/plans/migrations/remove-cluster.ts';

const OLD = 'arn:aws:eks:eu-west-1:111122223333:cluster/shop';
const NEW = `${OLD}-2`;
const pods = (condition: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  Condition: condition,
  ...more,
});
const foreign =
  '{ "Sid":"Keep", "Effect": "Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"  }';
const policy = (...statements: object[]) =>
  `{"Version":"2012-10-17",\n "Statement":[${[foreign, ...statements.map((one) => JSON.stringify(one))].join(',')}]}`;
const source = (arn: unknown) => ({ ArnEquals: { 'aws:SourceArn': arn } });
const tag = (arn: unknown) => ({ StringEquals: { 'aws:RequestTag/eks-cluster-arn': arn } });

describe('a trust policy without one cluster in its statements for Pod Identity', () => {
  it.each<[string, object, object | null]>([
    ['goes where only the cluster fits it', pods(source(OLD)), null],
    [
      'goes where a tag names the cluster',
      pods({ StringLike: { 'AWS:RequestTag/EKS-Cluster-Arn': [OLD] } }),
      null,
    ],
    [
      'goes where one of two keys names the cluster alone',
      pods({ ...source([OLD, NEW]), ...tag(OLD) }),
      null,
    ],
    ['keeps the other clusters of a list', pods(source([OLD, NEW])), pods(source([NEW]))],
    [
      'keeps the other clusters of two lists',
      pods({ ...source([OLD, NEW]), ...tag([NEW, OLD]) }, { Sid: 'Pods' }),
      pods({ ...source([NEW]), ...tag([NEW]) }, { Sid: 'Pods' }),
    ],
  ])('a statement %s, and everything else stays byte for byte', (_, statement, wanted) => {
    expect(withoutCluster(policy(statement, pods(source(NEW))), OLD)).toEqual({
      after: policy(...(wanted === null ? [] : [wanted]), pods(source(NEW))),
      byHand: false,
    });
  });

  it.each<[string, object, boolean]>([
    ['a pattern, which is not about it', pods(source(`${OLD}*`)), false],
    ['another cluster whose name begins the same', pods(source(NEW)), false],
    ['a Deny', pods(source(OLD), { Effect: 'Deny' }), false],
    [
      'another principal besides',
      pods(source(OLD), { Principal: { Service: ['pods.eks.amazonaws.com', 'ec2.amazonaws.com'] } }),
      true,
    ],
    [
      'a condition that holds without the key',
      pods({ StringEqualsIfExists: { 'aws:SourceArn': OLD } }),
      true,
    ],
    ['a condition that excludes it', pods({ ArnNotEquals: { 'aws:SourceArn': OLD } }), true],
    ['another key', pods({ StringEquals: { 'aws:RequestTag/of': OLD } }), true],
  ])('is left alone for %s', (_, statement, byHand) => {
    expect(withoutCluster(policy(statement), OLD)).toEqual({ after: null, byHand });
  });

  it('is left to people where nothing else would stay', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: pods(source(OLD)) });
    expect(withoutCluster(text, OLD)).toEqual({ after: null, byHand: true });
  });
});
