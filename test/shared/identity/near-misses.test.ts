import { describe, expect, it } from 'vitest';
import { audienceWords } from '../../../shared/identity/audience.ts';
import { parseClaimKey } from '../../../shared/identity/claim-key.ts';
import { parseIssuer } from '../../../shared/identity/issuer.ts';
import { likelySubject, malformedSubject } from '../../../shared/identity/malformed-subject.ts';
import { issuerNearMiss } from '../../../shared/identity/near-issuer.ts';
import { subjectNearMiss } from '../../../shared/identity/near-subject.ts';
import { partitionOfRegion } from '../../../shared/identity/partitions.ts';
import { parseSubject } from '../../../shared/identity/service-account.ts';
import { ID, ISSUER, OLD } from '../audit/trust-cases.ts';

describe('issuerNearMiss', () => {
  const right = parseIssuer(ISSUER);
  it.each([
    [`https://${ISSUER}`, 'scheme'],
    [`${ISSUER}/`, 'slash'],
    [`oidc.eks.eu-west-1.amazonaws.com/id/${ID.toLowerCase()}`, 'case'],
    [`oidc-eks.eu-west-1.api.aws/id/${ID}`, 'twin-host'],
    [`oidc.eu-west-1.eks.amazonaws.com/id/${ID}`, 'host-order'],
    [`oidc.eks.us-east-1.amazonaws.com/id/${ID}`, 'region'],
    [`eks.eu-west-1.amazonaws.com/id/${ID}`, 'host'],
    [`oidc.eks.eu-west-1.amazonaws.com.cn/id/${ID}`, 'host'],
    [`oidc.eks.eu-west-1.amazonaws.com/${ID}`, 'path'],
    [`oidc.eks.eu-west-1.amazonaws.com/id/X${ID.slice(1)}`, 'id-typo'],
    [`oidc.eks.eu-west-1.amazonaws.com/id/${ID.slice(0, 16)}`, 'id-typo'],
  ])('%s is a near miss: %s', (written, kind) => {
    expect(issuerNearMiss(written, right)?.kind).toBe(kind);
  });
  it.each([
    ISSUER,
    `oidc.eks.eu-west-1.amazonaws.com/id/${OLD}`,
    'token.actions.githubusercontent.com',
    'cognito-identity.amazonaws.com',
    '',
  ])('%s is none', (written) => {
    expect(issuerNearMiss(written, right)).toBeNull();
  });
  const AKS = 'westeurope.oic.prod-aks.azure.com/tenant/one';
  it.each([
    [`${AKS}/`, `${AKS}/`, null],
    [AKS, `${AKS}/`, 'it lacks the slash at its end'],
    [`${AKS}/`, AKS, 'it ends in a slash'],
    ['westeurope.oic.prod-aks.azure.com/tenant/two/', `${AKS}/`, null],
  ])('outside EKS a slash at the end belongs to the issuer: %s for %s', (written, meant, words) => {
    expect(issuerNearMiss(written, parseIssuer(meant))?.words ?? null).toBe(words);
  });
});

describe('parseClaimKey', () => {
  const issuer = ISSUER.toLowerCase();
  it.each([
    [`${ISSUER}:sub`, { issuer, claim: 'sub', dirt: null }],
    [`${ISSUER}:AUD`, { issuer, claim: 'aud', dirt: null }],
    [`https://${ISSUER}:sub`, { issuer, claim: 'sub', dirt: 'https://' }],
    [`arn:aws:iam::111122223333:oidc-provider/${ISSUER}:sub`, { issuer, claim: 'sub', dirt: 'ARN prefix' }],
    [`${ISSUER}/:sub`, { issuer, claim: 'sub', dirt: 'trailing slash' }],
    [`${ISSUER}:sub `, { issuer, claim: 'sub', dirt: 'white space' }],
    ['sts.windows.net/tenant/:aud', { issuer: 'sts.windows.net/tenant/', claim: 'aud', dirt: null }],
    [ISSUER, { issuer, claim: '', dirt: null }],
    ['accounts.google.com:aud', { issuer: 'accounts.google.com', claim: 'aud', dirt: null }],
  ])('reads %s', (key, expected) => {
    expect(parseClaimKey(key)).toEqual(expected);
  });
  it.each([
    'aws:SourceIp',
    'aws:RequestTag/kubernetes-namespace',
    'sts:ExternalId',
    'saml:aud',
    '',
    'ec2:ResourceTag/a.b',
  ])('%s names no issuer', (key) => {
    expect(parseClaimKey(key)).toBeNull();
  });
});

describe('subjects', () => {
  it.each([
    ['system:serviceaccounts:shop:api', 'system:serviceaccount:shop:api'],
    ['system:serviceaccount/shop/api', 'system:serviceaccount:shop:api'],
    ['serviceaccount:shop:api', 'system:serviceaccount:shop:api'],
    ['system:service-account:shop:api', 'system:serviceaccount:shop:api'],
    [' system:serviceaccount:shop:api\n', 'system:serviceaccount:shop:api'],
    ['SYSTEM:SERVICEACCOUNT:shop:api', 'system:serviceaccount:shop:api'],
    ['shop/api', 'system:serviceaccount:shop:api'],
    ['system:serviceaccount:api', null],
    ['system:serviceaccount:a:b:c', null],
    ['system:serviceaccount:shop:my_api', null],
    ['repo:org/x:ref:refs/heads/main', null],
  ])('%j probably means %s', (written, meant) => {
    expect(parseSubject(written)).toBeNull();
    expect(likelySubject(written)).toBe(meant);
  });

  it.each([
    ['system:serviceaccount:*:*', null],
    ['*', null],
    ['system:*', null],
    ['system:serviceaccount:shop:*', null],
    ['*:api', null],
    ['system:serviceaccount:shop-?:a*', null],
    ['system:serviceaccounts:*', 'no'],
    ['system:serviceaccount:Shop:*', 'no'],
    ['system:serviceaccount:shop/*', 'no'],
    ['system:serviceaccount:*:*:*', 'no'],
    ['system:serviceaccount:shop:*_x', 'no'],
    ['system:serviceaccount:-*:x', 'no'],
  ])('the pattern %s admits a ServiceAccount: %s', (value, problem) => {
    const found = malformedSubject({ value, literal: false, ignoreCase: false });
    expect(found === null).toBe(problem === null);
  });

  it.each([
    ['system:serviceaccount:api:shop', /swapped/, 0],
    ['system:serviceaccount:shop:apl', /name is apl/, 1],
    ['system:serviceaccount:shpo:api', /namespace is shpo/, 2],
    ['system:serviceaccount:kube-system:api', /namespace is kube-system/, 4],
    ['system:serviceaccount:shpo:aip', /both/, 5],
  ])('%s comes near', (written, words, distance) => {
    const miss = subjectNearMiss(written, { namespace: 'shop', serviceAccount: 'api' });
    expect(miss?.words).toMatch(words);
    expect(miss?.distance).toBe(distance);
  });
  it.each(['system:serviceaccount:shop:api', 'system:serviceaccount:web:frontend', 'shop:api', ''])(
    '%s does not',
    (written) => {
      expect(subjectNearMiss(written, { namespace: 'shop', serviceAccount: 'api' })).toBeNull();
    },
  );
});

describe('audiences and partitions', () => {
  it.each([
    'sts.amazonaws.com.cn',
    'https://sts.amazonaws.com',
    'sts.eu-west-1.amazonaws.com',
    'STS.amazonaws.com',
    'pods.eks.amazonaws.com',
  ])('%s misses the audience of STS', (audience) => {
    expect(audienceWords(audience)).not.toBeNull();
  });
  it.each(['sts.amazonaws.com', 'vault', 'my-app.example.com'])('%s does not', (audience) => {
    expect(audienceWords(audience)).toBeNull();
  });
  it.each([
    ['eu-west-1', 'aws'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('%s is in %s', (region, partition) => {
    expect(partitionOfRegion(region)).toBe(partition);
  });
});
