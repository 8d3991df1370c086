import { describe, expect, it } from 'vitest';
import { linted } from '../../support/lint.ts';

const policy = (...statements: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const kinds = (text: string) => linted(text).kinds;

describe('a policy', () => {
  it.each<[string, string]>([
    ['for the permissions of a role', policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })],
    [
      'for the permission to assume another role',
      policy({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: 'arn:aws:iam::111122223333:role/target',
      }),
    ],
    [
      'of a bucket',
      policy({ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::b/*' }),
    ],
    [
      'of a repository of images, which names no resource',
      policy({ Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage'] }),
    ],
    ['of an endpoint', policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' })],
    ['of an organization', policy({ Effect: 'Deny', NotAction: ['iam:*'], Resource: '*' })],
    [
      'of an organization, for roles',
      policy({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Resource: '*' }),
    ],
    [
      'for permissions, with a statement that lacks its resource',
      policy({ Effect: 'Allow', Action: 's3:*' }, { Effect: 'Allow', Action: 'sqs:*', Resource: '*' }),
    ],
  ])('%s is no trust policy, and passed over', (_name, text) => {
    expect(kinds(text)).toEqual([]);
  });

  it.each<[string, string]>([
    ['for roles', policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' })],
    ['without its principal', policy({ Effect: 'Allow', Action: 'sts:AssumeRole' })],
    [
      'with a resource, which IAM refuses',
      policy({
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'sts:AssumeRole',
        Resource: '*',
      }),
    ],
    [
      'with one statement of a policy for permissions',
      policy(
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        { Effect: 'Allow', Action: 's3:*', Resource: '*' },
      ),
    ],
    ['for every action', policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: '*' })],
    ['without statements', policy()],
  ])('%s is a trust policy, and judged', (_name, text) => {
    expect(kinds(text)).toEqual(['trust-policy']);
  });

  it('with a resource is told as what IAM refuses', () => {
    const text = policy({
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'sts:AssumeRole',
      Resource: '*',
    });
    expect(linted(text).findings.map(({ rule }) => rule)).toContain('no-invalid-trust-policy');
  });
});

describe('several documents in a file', () => {
  const yaml = (principal: string) =>
    `Statement: [{Effect: Allow, Principal: {AWS: '${principal}'}, Action: 'sts:AssumeRole'}]\n`;
  const sound = 'arn:aws:iam::111122223333:root';

  it.each<[string, string, string, number[]]>([
    ['the first', '*', sound, [1]],
    ['the second', sound, '*', [3]],
    ['both', '*', '*', [1, 3]],
  ])('that are trust policies are judged each: %s is wrong', (_name, first, second, lines) => {
    const { findings } = linted(`${yaml(first)}---\n${yaml(second)}`);
    expect(findings.map(({ line }) => line)).toEqual(lines);
  });

  it('that are aws-auth are of one cluster: the last is judged, and the others are not passed', () => {
    const map = (accounts: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapAccounts: '${accounts}'\n`;
    const { findings, undecided } = linted(`${map('["444455556666"]')}---\n${map('[]')}`);
    expect(findings).toEqual([]);
    expect(undecided.find(({ reason }) => reason.startsWith('aws-auth: another one'))).toMatchObject({
      line: 1,
    });
  });
});

describe('what is no text in a manifest, and has to be', () => {
  it.each<[string, string, string]>([
    [
      'an annotation',
      'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  namespace: b\n  annotations: {eks.amazonaws.com/sts-regional-endpoints: true}\n',
      'eks.amazonaws.com/sts-regional-endpoints is no text',
    ],
    [
      'a section of aws-auth',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata: {mapRoles: [{rolearn: x}]}\n',
      'mapRoles is no text',
    ],
  ])('is undecided, since Kubernetes refuses it: %s', (_name, text, words) => {
    expect(
      linted(text)
        .undecided.map(({ reason }) => reason)
        .join(),
    ).toContain(words);
    const quoted = text.replace(': true}', ': "true"}').replace('[{rolearn: x}]', "'[]'");
    expect(
      linted(quoted)
        .undecided.map(({ reason }) => reason)
        .join(),
    ).not.toContain('is no text');
  });
});
