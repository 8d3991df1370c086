import { describe, expect, it } from 'vitest';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { ContextValue, Request } from '../../../shared/iam/request.ts';
import { assumeRoleRequests, podIdentityRequests, webIdentityRequest } from '../../../shared/iam/requests.ts';

const ISSUER = 'oidc.eks.cn-north-1.amazonaws.com.cn/id/0123456789ABCDEF0123456789ABCDEF';
const PROVIDER = `arn:aws-cn:iam::111122223333:oidc-provider/${ISSUER}`;
const CLUSTER = 'arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod';

type Row = readonly [key: string, value: ContextValue];

describe('web identity', () => {
  const request = webIdentityRequest({
    provider: PROVIDER,
    issuerKey: ISSUER,
    subject: 'system:serviceaccount:prod:api',
    audience: 'sts.amazonaws.com',
    roleArn: 'arn:aws-cn:iam::111122223333:role/api',
    region: 'cn-north-1',
  });

  it('is a call by the provider', () => {
    expect(request).toMatchObject({
      caller: { kind: 'federated', provider: PROVIDER },
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: 'arn:aws-cn:iam::111122223333:role/api',
    });
  });

  it.each<Row>([
    [`${ISSUER}:sub`, ['system:serviceaccount:prod:api']],
    [`${ISSUER}:aud`, ['sts.amazonaws.com']],
    [`${ISSUER}:azp`, 'absent'],
    [`${ISSUER}:amr`, 'absent'],
    [`${ISSUER}:email`, 'absent'],
    [`${ISSUER.replace('0123', '9999')}:sub`, 'absent'],
    [`https://${ISSUER}:sub`, 'absent'],
    [`${PROVIDER}:sub`, 'absent'],
    ['token.actions.githubusercontent.com:sub', 'absent'],
    ['accounts.google.com:aud', 'absent'],
    ['cognito-identity.amazonaws.com:amr', 'absent'],
    ['saml:aud', 'absent'],
    ['sub', 'absent'],
    ['s3:prefix', 'absent'],
    ['aws:SourceArn', 'absent'],
    ['aws:SourceAccount', 'absent'],
    ['aws:SourceOrgID', 'absent'],
    ['aws:SourceIdentity', 'absent'],
    ['aws:PrincipalArn', 'absent'],
    ['aws:PrincipalAccount', 'absent'],
    ['aws:PrincipalOrgID', 'absent'],
    ['aws:PrincipalTag/team', 'absent'],
    ['aws:RequestTag/kubernetes-namespace', 'absent'],
    ['aws:TagKeys', 'absent'],
    ['sts:TransitiveTagKeys', 'absent'],
    ['aws:username', 'absent'],
    ['aws:MultiFactorAuthPresent', 'absent'],
    ['aws:TokenIssueTime', 'absent'],
    ['sts:ExternalId', 'absent'],
    ['sts:RoleSessionName', 'present'],
    ['aws:CurrentTime', 'present'],
    ['aws:SecureTransport', ['true']],
    ['aws:ViaAWSService', ['false']],
    ['aws:RequestedRegion', ['cn-north-1']],
    ['aws:ResourceAccount', ['111122223333']],
    ['aws:SourceIp', 'unknown'],
    ['aws:SourceVpc', 'unknown'],
    ['aws:SourceVpce', 'unknown'],
    ['aws:UserAgent', 'unknown'],
    ['aws:ResourceTag/team', 'unknown'],
    ['iam:ResourceTag/team', 'unknown'],
    ['aws:SomethingNew', 'unknown'],
    ['sts:SomethingNew', 'unknown'],
  ])('%s', (key, value) => {
    expect(request.context(key.toLowerCase())).toEqual(value);
  });

  it('does not know the region when nobody says it', () => {
    const { context } = webIdentityRequest({
      provider: PROVIDER,
      issuerKey: ISSUER,
      subject: 's',
      audience: 'a',
    });
    expect([context('aws:requestedregion'), context('aws:resourceaccount')]).toEqual(['present', 'unknown']);
  });
});

describe('Pod Identity', () => {
  const pod = { clusterArn: CLUSTER, account: '111122223333', namespace: 'prod', serviceAccount: 'api' };
  const tagged = podIdentityRequests({ ...pod, tags: true });

  it('is two calls by the service with session tags, and one without', () => {
    const caller = { kind: 'service', service: 'pods.eks.amazonaws.com' };
    expect(tagged.assume).toMatchObject({ caller, action: 'sts:AssumeRole' });
    expect(tagged.tagSession).toMatchObject({ caller, action: 'sts:TagSession' });
    expect(podIdentityRequests({ ...pod, tags: false }).tagSession).toBeNull();
  });

  const six = [
    'eks-cluster-arn',
    'eks-cluster-name',
    'kubernetes-namespace',
    'kubernetes-service-account',
    'kubernetes-pod-name',
    'kubernetes-pod-uid',
  ];

  it.each<Row>([
    ['aws:SourceArn', [CLUSTER]],
    ['aws:SourceAccount', ['111122223333']],
    ['aws:SourceOrgID', 'unknown'],
    ['aws:RequestTag/eks-cluster-arn', [CLUSTER]],
    ['aws:RequestTag/eks-cluster-name', ['prod']],
    ['aws:RequestTag/kubernetes-namespace', ['prod']],
    ['aws:RequestTag/kubernetes-service-account', ['api']],
    ['aws:RequestTag/kubernetes-pod-name', 'present'],
    ['aws:RequestTag/kubernetes-pod-uid', 'present'],
    ['aws:RequestTag/team', 'absent'],
    ['aws:TagKeys', six],
    ['sts:TransitiveTagKeys', six],
    ['aws:PrincipalIsAWSService', ['true']],
    ['aws:PrincipalServiceName', ['pods.eks.amazonaws.com']],
    ['aws:PrincipalOrgID', 'absent'],
    ['aws:PrincipalTag/team', 'absent'],
    ['aws:ViaAWSService', ['false']],
    ['sts:ExternalId', 'absent'],
    ['sts:RoleSessionName', 'present'],
    ['aws:SourceIp', 'unknown'],
    ['oidc.eks.eu-west-1.amazonaws.com/id/x:sub', 'absent'],
    ['ec2:SourceInstanceArn', 'absent'],
  ])('with tags: %s', (key, value) => {
    expect(tagged.assume.context(key.toLowerCase())).toEqual(value);
    expect(tagged.tagSession?.context(key.toLowerCase())).toEqual(value);
  });

  it.each(['aws:requesttag/kubernetes-namespace', 'aws:tagkeys', 'sts:transitivetagkeys'])(
    'without tags: %s',
    (key) => {
      expect(podIdentityRequests({ ...pod, tags: false }).assume.context(key)).toBe('absent');
    },
  );

  it('knows the organization when it was read', () => {
    const { assume } = podIdentityRequests({ ...pod, tags: true, organization: 'o-1' });
    expect(assume.context('aws:sourceorgid')).toEqual(['o-1']);
  });
});

describe('role chaining', () => {
  const principalArn = 'arn:aws:iam::111122223333:role/pods/first';
  const plain = assumeRoleRequests({ principalArn, account: '111122223333' });
  const chained = assumeRoleRequests({
    principalArn,
    account: '111122223333',
    externalId: 'eu-west-1/111122223333/prod/ns/sa',
    tags: { 'Kubernetes-Namespace': 'ns' },
    organization: 'o-1',
  });

  it('asks for sts:TagSession only when tags are handed on', () => {
    expect(plain.assume).toMatchObject({
      caller: { kind: 'aws', arn: principalArn },
      action: 'sts:AssumeRole',
    });
    expect(plain.tagSession).toBeNull();
    expect(chained.tagSession).toMatchObject({ action: 'sts:TagSession' });
  });

  it.each<readonly [string, ContextValue, ContextValue]>([
    ['aws:PrincipalArn', [principalArn], [principalArn]],
    ['aws:PrincipalAccount', ['111122223333'], ['111122223333']],
    ['aws:PrincipalOrgID', 'unknown', ['o-1']],
    ['sts:ExternalId', 'absent', ['eu-west-1/111122223333/prod/ns/sa']],
    ['aws:PrincipalTag/kubernetes-namespace', 'unknown', ['ns']],
    ['aws:PrincipalTag/other', 'unknown', 'unknown'],
    ['aws:RequestTag/kubernetes-namespace', 'absent', ['ns']],
    ['aws:RequestTag/kubernetes-pod-uid', 'absent', 'unknown'],
    ['aws:TagKeys', 'absent', 'present'],
    ['aws:SourceArn', 'absent', 'absent'],
    ['aws:SourceAccount', 'absent', 'absent'],
    ['aws:PrincipalIsAWSService', ['false'], ['false']],
    ['aws:PrincipalType', ['AssumedRole'], ['AssumedRole']],
    ['aws:username', 'absent', 'absent'],
    ['aws:SourceIp', 'unknown', 'unknown'],
    ['aws:SourceIdentity', 'unknown', 'unknown'],
    ['aws:ResourceTag/x', 'unknown', 'unknown'],
    ['oidc.eks.eu-west-1.amazonaws.com/id/x:sub', 'absent', 'absent'],
  ])('%s', (key, alone, handedOn) => {
    expect(plain.assume.context(key.toLowerCase())).toEqual(alone);
    expect(chained.assume.context(key.toLowerCase())).toEqual(handedOn);
  });

  it('names a user', () => {
    const { assume } = assumeRoleRequests({
      principalArn: 'arn:aws:iam::111122223333:user/x/ada',
      account: '111122223333',
    });
    expect(assume.context('aws:username')).toEqual(['ada']);
  });
});

/** Trust policies of the AWS documentation, each with the requests it is written for. */
describe('documented trust policies', () => {
  const pod = { clusterArn: CLUSTER, account: '111122223333', namespace: 'prod', serviceAccount: 'api' };
  const allows = (Statement: object, request: Request | null) => {
    const { policy } = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'trust');
    return request === null || policy === null ? null : decide(compile(policy), request);
  };

  it('Amazon EKS user guide, Pod Identity role: restricted to a namespace and ServiceAccount', () => {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        StringEquals: {
          'aws:SourceAccount': '111122223333',
          'aws:RequestTag/kubernetes-namespace': ['prod'],
          'aws:RequestTag/kubernetes-service-account': ['api'],
        },
        ArnEquals: { 'aws:SourceArn': CLUSTER },
      },
    };
    const requests = podIdentityRequests({ ...pod, tags: true });
    expect([allows(statement, requests.assume), allows(statement, requests.tagSession)]).toEqual([
      'allowed',
      'allowed',
    ]);
    expect(allows(statement, podIdentityRequests({ ...pod, tags: false }).assume)).toBe('denied');
    expect(allows(statement, podIdentityRequests({ ...pod, namespace: 'dev', tags: true }).assume)).toBe(
      'denied',
    );
  });

  it('Amazon EKS user guide, Pod Identity target role: tags handed on, or the external id', () => {
    const principalArn = 'arn:aws:iam::111122223333:role/eks-pod-identity-primary-role';
    const base = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' } };
    const ArnEquals = { 'aws:PrincipalARN': principalArn };
    const byTags = {
      ...base,
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { ArnEquals, StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'ns' } },
    };
    const byId = {
      ...base,
      Action: 'sts:AssumeRole',
      Condition: { ArnEquals, StringEquals: { 'sts:ExternalId': 'id' } },
    };
    const caller = { principalArn, account: '111122223333' };
    const tagged = assumeRoleRequests({ ...caller, tags: { 'kubernetes-namespace': 'ns' } });
    expect([allows(byTags, tagged.assume), allows(byTags, tagged.tagSession)]).toEqual([
      'allowed',
      'allowed',
    ]);
    expect(allows(byTags, assumeRoleRequests(caller).assume)).toBe('denied');
    expect(allows(byId, assumeRoleRequests({ ...caller, externalId: 'id' }).assume)).toBe('allowed');
    expect(allows(byId, assumeRoleRequests(caller).assume)).toBe('denied');
  });
});
