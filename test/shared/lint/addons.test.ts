import { describe, expect, it } from 'vitest';
import { linted } from '../../support/lint.ts';

const TRUST = `{Statement: [{Effect: Allow, Principal: {Service: pods.eks.amazonaws.com}, Action: 'sts:AssumeRole'}]}`;
const template = (addon: string) => `Resources:
  Role: {Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: ${TRUST}}}
  Addon:
    Type: AWS::EKS::Addon
    Properties: ${addon}
`;
const eksctl = (addon: string) => `apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1}
addons:
  - ${addon}
`;

describe('an add-on of a file', () => {
  it.each<[string, string, [rule: string, words: string][]]>([
    [
      'a template with a role that does not let its association in',
      template(
        '{ClusterName: shop, AddonName: vpc-cni, PodIdentityAssociations: [{ServiceAccount: aws-node, RoleArn: !GetAtt Role.Arn}]}',
      ),
      [['no-untrusted-association', 'kube-system/aws-node']],
    ],
    [
      'a template with two identities',
      template(
        "{ClusterName: shop, AddonName: vpc-cni, ServiceAccountRoleArn: 'arn:aws:iam::111122223333:role/a', PodIdentityAssociations: [{ServiceAccount: aws-node, RoleArn: 'arn:aws:iam::111122223333:role/b'}]}",
      ),
      [['no-addon-identity-conflict', 'vpc-cni']],
    ],
    [
      'an eksctl config with two identities',
      eksctl(
        "{name: vpc-cni, serviceAccountRoleARN: 'arn:aws:iam::111122223333:role/a', podIdentityAssociations: [{serviceAccountName: aws-node, roleARN: 'arn:aws:iam::111122223333:role/b'}]}",
      ),
      [['no-addon-identity-conflict', 'vpc-cni']],
    ],
    [
      'an eksctl config whose role eksctl makes',
      eksctl(
        '{name: vpc-cni, podIdentityAssociations: [{serviceAccountName: aws-node, permissionPolicyARNs: []}]}',
      ),
      [],
    ],
    ['a template with no identity', template('{ClusterName: shop, AddonName: vpc-cni}'), []],
  ])('%s', (_name, text, expected) => {
    const found = linted(text).findings.filter(({ rule }) => rule !== 'use-scoped-pod-identity-trust');
    expect(found.map(({ rule }) => rule)).toEqual(expected.map(([rule]) => rule));
    for (const [index, [, words]] of expected.entries()) expect(found[index]?.message).toContain(words);
  });

  it('whose namespace nobody knows is undecided', () => {
    const { findings, undecided } = linted(
      template(
        '{ClusterName: shop, AddonName: adot, PodIdentityAssociations: [{ServiceAccount: x, RoleArn: !GetAtt Role.Arn}]}',
      ),
    );
    expect(findings.map(({ rule }) => rule)).not.toContain('no-untrusted-association');
    expect(undecided.map(({ reason }) => reason).join()).toContain(
      '${namespace of add-on adot} is left open',
    );
  });
});
