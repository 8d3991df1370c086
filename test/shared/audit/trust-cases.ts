/** Trust policies as people write them, with the verdict that follows from IAM's semantics. */

export const ID = '0123456789ABCDEF0123456789ABCDEF';
export const OLD = 'FEDCBA98765432100123ABCD4567EF89';
export const HOST = 'oidc.eks.eu-west-1.amazonaws.com';
export const ISSUER = `${HOST}/id/${ID}`;
export const ACCOUNT = '111122223333';
export const SUBJECT = 'system:serviceaccount:shop:api';
export const STS = 'sts.amazonaws.com';
export const WEB = 'sts:AssumeRoleWithWebIdentity';
export const provider = (issuer = ISSUER, account = ACCOUNT, partition = 'aws') =>
  `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;

export type Statement = Record<string, unknown>;
type Conditions = Record<string, Record<string, unknown>>;

export const allow = (Condition?: Conditions, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { Federated: provider() },
  Action: WEB,
  ...(Condition ? { Condition } : {}),
  ...more,
});
export const keys = (sub: unknown, aud: unknown = STS, issuer = ISSUER) => ({
  [`${issuer}:aud`]: aud,
  [`${issuer}:sub`]: sub,
});
export const equals = (sub: unknown, aud: unknown = STS, issuer = ISSUER): Conditions => ({
  StringEquals: keys(sub, aud, issuer),
});
export const like = (sub: unknown, aud: unknown = STS): Conditions => ({
  StringEquals: { [`${ISSUER}:aud`]: aud },
  StringLike: { [`${ISSUER}:sub`]: sub },
});
export const doc = (...statements: Statement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

const sound = allow(equals(SUBJECT));
const withKeys = (block: Record<string, unknown>, operator = 'StringEquals') =>
  doc(allow({ [operator]: block }));
const fromIssuer = (issuer: string) =>
  doc(allow(equals(SUBJECT, STS, issuer), { Principal: { Federated: provider(issuer) } }));
const inPartition = (partition: string, issuer: string) =>
  doc(
    allow(equals(SUBJECT, STS, issuer), { Principal: { Federated: provider(issuer, ACCOUNT, partition) } }),
  );

export interface Case {
  readonly name: string;
  readonly policy: string;
  readonly verdict: 'works' | 'broken' | 'unknown';
  readonly check?: string;
  readonly rule?: string | null;
  readonly issuer?: string;
  readonly audience?: string;
  readonly account?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** False where no edit of the policy alone can help. */
  readonly repairable?: boolean;
}

const works = (name: string, policy: string, more: Partial<Case> = {}): Case => ({
  name,
  policy,
  verdict: 'works',
  ...more,
});
const unknown = (name: string, policy: string, more: Partial<Case> = {}): Case => ({
  name,
  policy,
  verdict: 'unknown',
  ...more,
});
const broken = (
  name: string,
  policy: string,
  check: string,
  rule: string | null,
  more: Partial<Case> = {},
): Case => ({
  name,
  policy,
  verdict: 'broken',
  check,
  rule,
  ...more,
});

const GOV = 'oidc.eks.us-gov-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const CN = 'oidc.eks.cn-north-1.amazonaws.com.cn/id/0123456789ABCDEF0123456789ABCDEF';
const DUAL = `oidc-eks.eu-west-1.api.aws/id/${ID}`;
const S3 = 's3-eu-west-1.amazonaws.com/my-oidc-bucket';
const ns = (text: string) => `system:serviceaccount:${text}`;

export const CASES: readonly Case[] = [
  // Sound, plain and odd
  works('the canonical policy works', doc(sound)),
  works('a single statement object works', JSON.stringify({ Version: '2012-10-17', Statement: sound })),
  works('a document without Version works', JSON.stringify({ Statement: [sound] })),
  works('a document of 2008-10-17 works', JSON.stringify({ Version: '2008-10-17', Statement: [sound] })),
  works('a percent-encoded document works', encodeURIComponent(doc(sound))),
  works(
    'a pretty-printed document works',
    JSON.stringify({ Version: '2012-10-17', Statement: [sound] }, null, 4),
  ),
  works('a list of subjects holds the right one', doc(allow(equals([ns('a:b'), SUBJECT])))),
  works('a list of audiences holds the right one', doc(allow(equals(SUBJECT, ['other', STS])))),
  works('StringLike without wildcards works', doc(allow(like(SUBJECT)))),
  works('StringLike of a whole namespace works', doc(allow(like(ns('shop:*'))))),
  works('StringLike of any namespace works', doc(allow(like(ns('*:api'))))),
  works('StringLike of everything works', doc(allow(like('*')))),
  works('one question mark stands for one character', doc(allow(like(ns('shop:ap?'))))),
  works('no subject condition admits every ServiceAccount', withKeys({ [`${ISSUER}:aud`]: STS })),
  works('no audience condition works', withKeys({ [`${ISSUER}:sub`]: SUBJECT })),
  works('no condition at all works', doc(allow())),
  works(
    'ForAnyValue:StringEquals works on a single value',
    withKeys(keys(SUBJECT), 'ForAnyValue:StringEquals'),
  ),
  works(
    'ForAllValues:StringEquals works on a single value',
    withKeys(keys(SUBJECT), 'ForAllValues:StringEquals'),
  ),
  works(
    'ForAnyValue:StringLike over a list works',
    withKeys(keys([ns('x:*'), ns('shop:*')], [STS]), 'ForAnyValue:StringLike'),
  ),
  works('StringEqualsIfExists works', withKeys(keys(SUBJECT), 'StringEqualsIfExists')),
  works('StringLikeIfExists works', withKeys(keys(ns('shop:*')), 'StringLikeIfExists')),
  works(
    'StringEqualsIgnoreCase works',
    withKeys(keys('System:ServiceAccount:Shop:API'), 'StringEqualsIgnoreCase'),
  ),
  works(
    'condition keys ignore case',
    withKeys({ [`${ISSUER.toLowerCase()}:SUB`]: SUBJECT, [`${ISSUER.toUpperCase()}:aud`]: STS }),
  ),
  works(
    'an id in lower case in the keys alone works',
    doc(allow(equals(SUBJECT, STS, `${HOST}/id/${ID.toLowerCase()}`))),
  ),
  works('an action list with TagSession works', doc({ ...sound, Action: [WEB, 'sts:TagSession'] })),
  works('sts:AssumeRole* covers the action', doc({ ...sound, Action: 'sts:AssumeRole*' })),
  works('sts:* covers the action', doc({ ...sound, Action: 'sts:*' })),
  works('* covers the action', doc({ ...sound, Action: '*' })),
  works('actions ignore case', doc({ ...sound, Action: 'STS:assumerolewithwebidentity' })),
  works(
    'a Federated list holds the provider',
    doc({ ...sound, Principal: { Federated: [provider(`${HOST}/id/${OLD}`), provider()] } }),
  ),
  works(
    'a stale statement beside the right one does no harm',
    doc(
      allow(equals(SUBJECT, STS, `${HOST}/id/${OLD}`), {
        Principal: { Federated: provider(`${HOST}/id/${OLD}`) },
      }),
      sound,
    ),
  ),
  works(
    'a Pod Identity statement beside it does no harm',
    doc(
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      },
      sound,
    ),
  ),
  works(
    'a GitHub statement beside it does no harm',
    doc(
      {
        Effect: 'Allow',
        Principal: { Federated: provider('token.actions.githubusercontent.com') },
        Action: WEB,
        Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:org/x:*' } },
      },
      sound,
    ),
  ),
  works(
    'Federated and Service in one statement work',
    doc({
      ...sound,
      Principal: { Federated: provider(), Service: 'pods.eks.amazonaws.com' },
      Action: [WEB, 'sts:AssumeRole', 'sts:TagSession'],
    }),
  ),
  works(
    'a Deny for another ServiceAccount does no harm',
    doc(sound, { ...allow(equals(ns('shop:web'))), Effect: 'Deny' }),
  ),
  works(
    'a Deny of another namespace does no harm',
    doc(allow(like(ns('*:*'))), { ...allow(like(ns('kube-system:*'))), Effect: 'Deny' }),
  ),
  works(
    'two operators on the subject, both met',
    withKeysBlock({
      StringLike: { [`${ISSUER}:sub`]: ns('shop:*') },
      StringNotEquals: { [`${ISSUER}:sub`]: ns('shop:web') },
      StringEquals: { [`${ISSUER}:aud`]: STS },
    }),
  ),
  works(
    'StringNotLike that excludes someone else',
    withKeysBlock({ StringEquals: keys(SUBJECT), StringNotLike: { [`${ISSUER}:sub`]: ns('kube-*:*') } }),
  ),
  works(
    'Null false asks that the subject is there',
    withKeysBlock({ StringEquals: keys(SUBJECT), Null: { [`${ISSUER}:sub`]: 'false' } }),
  ),
  works('a custom audience that the question names', doc(allow(equals(SUBJECT, 'vault'))), {
    audience: 'vault',
  }),
  works('a GovCloud policy with its partition', inPartition('aws-us-gov', GOV), { issuer: GOV }),
  works('a policy in China', inPartition('aws-cn', CN), { issuer: CN }),
  works('the dual-stack issuer, written throughout', fromIssuer(DUAL), { issuer: DUAL }),
  works('an issuer of a self-hosted cluster on S3', fromIssuer(S3), { issuer: S3 }),
  works('an issuer given with a trailing slash', doc(sound), { issuer: `${ISSUER}/` }),
  works(
    'a provider of another account when no account is given',
    doc(allow(equals(SUBJECT), { Principal: { Federated: provider(ISSUER, '444455556666') } })),
  ),
  works('the account that was given', doc(sound), { account: ACCOUNT }),
  works(
    'a Sid and an Id do no harm',
    JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: [{ ...sound, Sid: 'Irsa' }] }),
  ),
  works(
    'aws:SecureTransport holds for STS',
    withKeysBlock({ StringEquals: keys(SUBJECT), Bool: { 'aws:SecureTransport': 'true' } }),
  ),
  works('ServiceAccount names may hold dots', doc(allow(equals(ns('shop:api.v1')))), {
    serviceAccount: 'api.v1',
  }),
  works('Principal * with conditions works', doc({ ...sound, Principal: '*' })),
  works('Principal AWS * with conditions works', doc({ ...sound, Principal: { AWS: '*' } })),
  works(
    'a policy variable default does not matter under an unrelated key',
    doc(
      sound,
      allow(
        { StringEquals: { 'aws:PrincipalTag/x': ['$', '{aws:username}'].join('') } },
        { Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
      ),
    ),
  ),
  unknown(
    'a source address decides',
    withKeysBlock({ StringEquals: keys(SUBJECT), IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
  ),
  unknown(
    'a VPC endpoint decides',
    withKeysBlock({ StringEquals: { ...keys(SUBJECT), 'aws:SourceVpce': 'vpce-1' } }),
  ),
  unknown(
    'a Deny by source address may apply',
    doc(sound, {
      Effect: 'Deny',
      Principal: '*',
      Action: WEB,
      Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    }),
  ),
  unknown(
    'a role session name decides',
    withKeysBlock({ StringEquals: keys(SUBJECT), StringLike: { 'sts:RoleSessionName': 'botocore-*' } }),
  ),

  // Invalid documents
  broken('an empty text is no policy', '', 'trust-policy', 'no-invalid-trust-policy', { repairable: false }),
  broken('text that is no JSON', '{"Version":', 'trust-policy', 'no-invalid-trust-policy', {
    repairable: false,
  }),
  broken('a trailing comma', `${doc(sound).slice(0, -2)},]}`, 'trust-policy', 'no-invalid-trust-policy', {
    repairable: false,
  }),
  broken(
    'an unknown version',
    JSON.stringify({ Version: '2012-10-18', Statement: [sound] }),
    'trust-policy',
    'no-invalid-trust-policy',
    { repairable: false },
  ),
  broken(
    'a Resource in a trust policy',
    doc({ ...sound, Resource: '*' }),
    'trust-policy',
    'no-invalid-trust-policy',
    { repairable: false },
  ),
  broken('no Principal', doc({ Effect: 'Allow', Action: WEB }), 'trust-policy', 'no-invalid-trust-policy', {
    repairable: false,
  }),
  broken(
    'an action of another service',
    doc({ ...sound, Action: 's3:GetObject' }),
    'trust-policy',
    'no-invalid-trust-policy',
    { repairable: false },
  ),
  broken(
    'an operator that does not exist',
    withKeys(keys(SUBJECT), 'StringEqual'),
    'trust-policy',
    'no-invalid-trust-policy',
    { repairable: false },
  ),
  broken('a null value', doc(allow(equals(null))), 'trust-policy', 'no-invalid-trust-policy', {
    repairable: false,
  }),
  broken(
    'an empty statement list',
    JSON.stringify({ Version: '2012-10-17', Statement: [] }),
    'trust-policy',
    'no-invalid-trust-policy',
    { repairable: false },
  ),
  broken('null', 'null', 'trust-policy', 'no-invalid-trust-policy', { repairable: false }),
  broken('a doubly encoded document', JSON.stringify(doc(sound)), 'trust-policy', 'no-invalid-trust-policy', {
    repairable: false,
  }),

  // The provider
  broken(
    'region and eks swapped in the host',
    fromIssuer(`oidc.eu-west-1.eks.amazonaws.com/id/${ID}`),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'another region in the host',
    fromIssuer(`oidc.eks.eu-west-2.amazonaws.com/id/${ID}`),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'an id in lower case in the provider',
    fromIssuer(`${HOST}/id/${ID.toLowerCase()}`),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'one character of the id differs',
    fromIssuer(`${HOST}/id/1${ID.slice(1)}`),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'the id is cut off',
    fromIssuer(`${HOST}/id/${ID.slice(0, 20)}`),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'the dual-stack host where the cluster has the other',
    fromIssuer(DUAL),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'the single-stack host where the cluster has the dual-stack one',
    doc(sound),
    'trust-principal',
    'no-unknown-provider',
    { issuer: DUAL },
  ),
  broken('the path /id/ is missing', fromIssuer(`${HOST}/${ID}`), 'trust-principal', 'no-unknown-provider'),
  broken(
    'https:// in the provider ARN',
    doc(
      allow(equals(SUBJECT), {
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/https://${ISSUER}` },
      }),
    ),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'a trailing slash in the provider ARN',
    doc(allow(equals(SUBJECT), { Principal: { Federated: `${provider()}/` } })),
    'trust-principal',
    'no-unknown-provider',
  ),
  broken(
    'another account than the one given',
    doc(allow(equals(SUBJECT), { Principal: { Federated: provider(ISSUER, '444455556666') } })),
    'trust-principal',
    'no-unknown-provider',
    { account: ACCOUNT },
  ),
  broken('the partition aws in GovCloud', inPartition('aws', GOV), 'trust-principal', 'no-unknown-provider', {
    issuer: GOV,
  }),
  broken('the partition aws in China', inPartition('aws', CN), 'trust-principal', 'no-unknown-provider', {
    issuer: CN,
  }),
  broken(
    'the host without .cn in China',
    inPartition('aws-cn', CN.replace('.com.cn', '.com')),
    'trust-principal',
    'no-unknown-provider',
    { issuer: CN },
  ),
  broken(
    'the issuer of a former cluster throughout',
    fromIssuer(`${HOST}/id/${OLD}`),
    'trust-principal',
    'no-stale-issuer',
  ),
  broken(
    'a stale provider with keys that were renewed',
    doc(allow(equals(SUBJECT), { Principal: { Federated: provider(`${HOST}/id/${OLD}`) } })),
    'trust-principal',
    'no-stale-issuer',
  ),
  broken(
    'another self-hosted issuer',
    fromIssuer('s3-eu-west-1.amazonaws.com/other-bucket'),
    'trust-principal',
    'no-unknown-provider',
    { issuer: S3 },
  ),
  broken(
    'only a GitHub statement',
    doc({
      Effect: 'Allow',
      Principal: { Federated: provider('token.actions.githubusercontent.com') },
      Action: WEB,
    }),
    'trust-principal',
    'no-untrusted-service-account',
  ),
  broken(
    'only a Cognito statement',
    doc({ Effect: 'Allow', Principal: { Federated: 'cognito-identity.amazonaws.com' }, Action: WEB }),
    'trust-principal',
    'no-untrusted-service-account',
  ),
  broken(
    'only an EC2 statement',
    doc({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    'trust-principal',
    'no-untrusted-service-account',
  ),
  broken(
    'only a Pod Identity statement',
    doc({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    }),
    'trust-principal',
    'no-untrusted-service-account',
  ),
  broken(
    'only a SAML statement',
    doc({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/x` },
      Action: 'sts:AssumeRoleWithSAML',
    }),
    'trust-principal',
    'no-untrusted-service-account',
  ),
  broken(
    'only the account root',
    doc({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }),
    'trust-principal',
    'no-untrusted-service-account',
  ),

  // The action
  broken(
    'sts:AssumeRole for a web identity',
    doc({ ...sound, Action: 'sts:AssumeRole' }),
    'trust-action',
    'no-wrong-assume-action',
  ),
  broken(
    'sts:AssumeRole in a list',
    doc({ ...sound, Action: ['sts:AssumeRole'] }),
    'trust-action',
    'no-wrong-assume-action',
  ),
  broken(
    'AssumeRole and TagSession for a web identity',
    doc({ ...sound, Action: ['sts:AssumeRole', 'sts:TagSession'] }),
    'trust-action',
    'no-wrong-assume-action',
  ),
  broken(
    'sts:AssumeRoleWithSAML for a web identity',
    doc({ ...sound, Action: 'sts:AssumeRoleWithSAML' }),
    'trust-action',
    'no-wrong-assume-action',
  ),
  broken(
    'sts:TagSession alone',
    doc({ ...sound, Action: 'sts:TagSession' }),
    'trust-action',
    'no-wrong-assume-action',
  ),
  broken(
    'a misspelt action',
    doc({ ...sound, Action: 'sts:AssumeRoleWithWebIdentities' }),
    'trust-action',
    'no-wrong-assume-action',
  ),
  broken(
    'NotAction that takes it away',
    doc({
      Effect: 'Allow',
      Principal: { Federated: provider() },
      NotAction: WEB,
      Condition: equals(SUBJECT),
    }),
    'trust-action',
    'no-wrong-assume-action',
  ),

  // Condition keys
  broken(
    'https:// in both keys',
    doc(allow(equals(SUBJECT, STS, `https://${ISSUER}`))),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  broken(
    'https:// in the subject key',
    withKeys({ [`${ISSUER}:aud`]: STS, [`https://${ISSUER}:sub`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'the provider ARN as key',
    withKeys({ [`${ISSUER}:aud`]: STS, [`${provider()}:sub`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'a slash before the claim',
    withKeys({ [`${ISSUER}:aud`]: STS, [`${ISSUER}/:sub`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'no claim at the end of the subject key',
    withKeys({ [`${ISSUER}:aud`]: STS, [ISSUER]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'no claim at the end of the audience key',
    withKeys({ [ISSUER]: STS, [`${ISSUER}:sub`]: SUBJECT }),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  broken(
    ':subject where :sub belongs',
    withKeys({ [`${ISSUER}:aud`]: STS, [`${ISSUER}:subject`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'the service in the place of the issuer',
    withKeys({ [`${ISSUER}:aud`]: STS, 'sts:sub': SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    '/sub where :sub belongs',
    withKeys({ [`${ISSUER}:aud`]: STS, [`${ISSUER}/sub`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'subject and audience swapped',
    withKeys({ [`${ISSUER}:aud`]: SUBJECT, [`${ISSUER}:sub`]: STS }),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  broken(
    'the subject under :aud alone',
    withKeys({ [`${ISSUER}:aud`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'keys of a former cluster under the right provider',
    doc(allow(equals(SUBJECT, STS, `${HOST}/id/${OLD}`))),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  broken(
    'the subject key of a former cluster alone',
    withKeys({ [`${ISSUER}:aud`]: STS, [`${HOST}/id/${OLD}:sub`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'keys with region and eks swapped',
    doc(allow(equals(SUBJECT, STS, `oidc.eu-west-1.eks.amazonaws.com/id/${ID}`))),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  broken(
    'keys without /id/',
    doc(allow(equals(SUBJECT, STS, `${HOST}/${ID}`))),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  broken(
    'dual-stack keys under the single-stack provider',
    doc(allow(equals(SUBJECT, STS, DUAL))),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  broken(
    'white space at the end of a key',
    withKeys({ [`${ISSUER}:aud`]: STS, [`${ISSUER}:sub `]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'keys of two issuers, both asked for',
    doc(
      allow(
        { StringEquals: { ...keys(SUBJECT), ...keys(SUBJECT, STS, `${HOST}/id/${OLD}`) } },
        { Principal: { Federated: [provider(), provider(`${HOST}/id/${OLD}`)] } },
      ),
    ),
    'trust-audience',
    'no-mismatched-condition-key',
  ),
  works(
    'keys of two issuers under IfExists',
    doc(
      allow(
        { StringEqualsIfExists: { ...keys(SUBJECT), ...keys(SUBJECT, STS, `${HOST}/id/${OLD}`) } },
        { Principal: { Federated: [provider(), provider(`${HOST}/id/${OLD}`)] } },
      ),
    ),
  ),
  works(
    'a mismatched key under a negated operator has no effect',
    withKeysBlock({
      StringEquals: keys(SUBJECT),
      StringNotEquals: { [`https://${ISSUER}:sub`]: ns('shop:web') },
    }),
  ),

  // Wildcards taken literally
  broken(
    'StringEquals with a whole namespace',
    doc(allow(equals(ns('shop:*')))),
    'trust-subject',
    'no-literal-wildcard',
  ),
  broken(
    'StringEquals with any namespace',
    doc(allow(equals(ns('*:api')))),
    'trust-subject',
    'no-literal-wildcard',
  ),
  broken('StringEquals with *:*', doc(allow(equals(ns('*:*')))), 'trust-subject', 'no-literal-wildcard'),
  broken('StringEquals with a lone *', doc(allow(equals('*'))), 'trust-subject', 'no-literal-wildcard'),
  broken(
    'StringEquals with a prefix',
    doc(allow(equals(ns('shop:ap*')))),
    'trust-subject',
    'no-literal-wildcard',
  ),
  broken('StringEquals with ?', doc(allow(equals(ns('shop:ap?')))), 'trust-subject', 'no-literal-wildcard'),
  broken(
    'a wildcard in a list under StringEquals',
    doc(allow(equals([ns('web:web'), ns('shop:*')]))),
    'trust-subject',
    'no-literal-wildcard',
  ),
  broken(
    'ForAnyValue:StringEquals with a wildcard',
    withKeys(keys(ns('shop:*')), 'ForAnyValue:StringEquals'),
    'trust-subject',
    'no-literal-wildcard',
  ),
  broken(
    'StringEqualsIgnoreCase with a wildcard',
    withKeys(keys(ns('shop:*')), 'StringEqualsIgnoreCase'),
    'trust-subject',
    'no-literal-wildcard',
  ),
  broken(
    'StringEquals with a wildcard audience',
    doc(allow(equals(SUBJECT, '*'))),
    'trust-audience',
    'no-literal-wildcard',
  ),
  works('StringEquals with wildcards beside the exact subject', doc(allow(equals([ns('shop:*'), SUBJECT])))),

  // Malformed subjects
  broken(
    'the plural of a group',
    doc(allow(equals('system:serviceaccounts:shop:api'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'slashes in place of colons',
    doc(allow(equals('system:serviceaccount/shop/api'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'a slash between namespace and name',
    doc(allow(equals('system:serviceaccount:shop/api'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'no system: prefix',
    doc(allow(equals('serviceaccount:shop:api'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken('namespace and name alone', doc(allow(equals('shop:api'))), 'trust-subject', 'no-malformed-subject'),
  broken('namespace/name alone', doc(allow(equals('shop/api'))), 'trust-subject', 'no-malformed-subject'),
  broken(
    'no namespace',
    doc(allow(equals('system:serviceaccount:api'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'white space at the end',
    doc(allow(equals(`${SUBJECT} `))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'white space at the beginning',
    doc(allow(equals(` ${SUBJECT}`))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'a line break at the end',
    doc(allow(equals(`${SUBJECT}\n`))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'capitals in the prefix',
    doc(allow(equals('system:serviceAccount:shop:api'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken('capitals in the name', doc(allow(equals(ns('shop:API')))), 'trust-subject', 'no-malformed-subject'),
  broken(
    'an underscore in the name',
    doc(allow(equals(ns('shop:my_api')))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'the issuer before the subject',
    doc(allow(equals(`${ISSUER}:${SUBJECT}`))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'one part too many',
    doc(allow(equals(ns('prod:shop:api')))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'a template that was never filled in',
    doc(allow(equals('system:serviceaccount:<namespace>:<name>'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken('an empty subject', doc(allow(equals(''))), 'trust-subject', 'no-malformed-subject'),
  broken(
    'a StringLike pattern that no subject fits',
    doc(allow(like('system:serviceaccounts:shop:*'))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'a pattern with a slash',
    doc(allow(like('system:serviceaccount:shop/*'))),
    'trust-subject',
    'no-malformed-subject',
  ),

  // Other subjects
  broken('another name', doc(allow(equals(ns('shop:apl')))), 'trust-subject', 'no-untrusted-service-account'),
  broken(
    'another namespace',
    doc(allow(equals(ns('stage:api')))),
    'trust-subject',
    'no-untrusted-service-account',
  ),
  broken(
    'namespace and name swapped',
    doc(allow(equals(ns('api:shop')))),
    'trust-subject',
    'no-untrusted-service-account',
  ),
  broken(
    'a list without it',
    doc(allow(equals([ns('a:b'), ns('c:d')]))),
    'trust-subject',
    'no-untrusted-service-account',
  ),
  broken(
    'a pattern of another namespace',
    doc(allow(like(ns('web:*')))),
    'trust-subject',
    'no-untrusted-service-account',
  ),
  broken(
    '? stands for one character, not for none',
    doc(allow(like(ns('shop:api?')))),
    'trust-subject',
    'no-untrusted-service-account',
  ),
  broken(
    'StringLike minds the case',
    doc(allow(like(ns('Shop:*')))),
    'trust-subject',
    'no-malformed-subject',
  ),
  broken(
    'StringNotEquals that excludes it',
    withKeysBlock({
      StringEquals: { [`${ISSUER}:aud`]: STS },
      StringNotEquals: { [`${ISSUER}:sub`]: SUBJECT },
    }),
    'trust-subject',
    'no-untrusted-service-account',
  ),
  broken(
    'StringNotLike that excludes its namespace',
    withKeysBlock({
      StringLike: { [`${ISSUER}:sub`]: '*' },
      StringNotLike: { [`${ISSUER}:sub`]: ns('shop:*') },
    }),
    'trust-subject',
    'no-untrusted-service-account',
  ),

  // Audiences
  broken(
    'the audience of China',
    doc(allow(equals(SUBJECT, 'sts.amazonaws.com.cn'))),
    'trust-audience',
    'no-wrong-audience',
  ),
  broken(
    'an audience with https://',
    doc(allow(equals(SUBJECT, 'https://sts.amazonaws.com'))),
    'trust-audience',
    'no-wrong-audience',
  ),
  broken(
    'a regional audience',
    doc(allow(equals(SUBJECT, 'sts.eu-west-1.amazonaws.com'))),
    'trust-audience',
    'no-wrong-audience',
  ),
  broken(
    'the audience of Pod Identity',
    doc(allow(equals(SUBJECT, 'pods.eks.amazonaws.com'))),
    'trust-audience',
    'no-wrong-audience',
  ),
  broken(
    'the audience of the API server',
    doc(allow(equals(SUBJECT, 'https://kubernetes.default.svc'))),
    'trust-audience',
    'no-wrong-audience',
  ),
  broken(
    'the account as audience',
    doc(allow(equals(SUBJECT, ACCOUNT))),
    'trust-audience',
    'no-wrong-audience',
  ),
  broken(
    'a misspelt audience',
    doc(allow(equals(SUBJECT, 'sts.amazon.com'))),
    'trust-audience',
    'no-wrong-audience',
  ),
  broken('another audience than the question names', doc(sound), 'trust-audience', 'no-wrong-audience', {
    audience: 'vault',
  }),
  broken(
    'StringNotEquals on the audience',
    withKeysBlock({
      StringEquals: { [`${ISSUER}:sub`]: SUBJECT },
      StringNotEquals: { [`${ISSUER}:aud`]: STS },
    }),
    'trust-audience',
    'no-wrong-audience',
  ),

  // Conditions that nothing satisfies
  broken(
    'an external id, which no web identity carries',
    withKeysBlock({ StringEquals: { ...keys(SUBJECT), 'sts:ExternalId': 'x' } }),
    'trust-conditions',
    'no-unsatisfiable-trust',
  ),
  broken(
    'an organization, which no web identity carries',
    withKeysBlock({ StringEquals: { ...keys(SUBJECT), 'aws:PrincipalOrgID': 'o-1' } }),
    'trust-conditions',
    'no-unsatisfiable-trust',
  ),
  broken(
    'a source account, which no web identity carries',
    withKeysBlock({ StringEquals: { ...keys(SUBJECT), 'aws:SourceAccount': ACCOUNT } }),
    'trust-conditions',
    'no-unsatisfiable-trust',
  ),
  broken(
    'Null true on the subject',
    withKeysBlock({ StringEquals: { [`${ISSUER}:aud`]: STS }, Null: { [`${ISSUER}:sub`]: 'true' } }),
    'trust-subject',
    'no-unsatisfiable-trust',
  ),
  broken(
    'a numeric comparison of the subject',
    withKeysBlock({ NumericEquals: { [`${ISSUER}:sub`]: '1' } }),
    'trust-subject',
    'no-unsatisfiable-trust',
  ),
  broken(
    'a Deny of the subject',
    doc(sound, { ...allow(equals(SUBJECT)), Effect: 'Deny' }),
    'trust-deny',
    'no-unsatisfiable-trust',
    { repairable: false },
  ),
  broken(
    'a Deny of one of two subjects',
    doc(allow(equals([SUBJECT, ns('shop:web')])), { ...allow(equals(SUBJECT)), Effect: 'Deny' }),
    'trust-deny',
    'no-untrusted-service-account',
    { repairable: false },
  ),
  broken(
    'a Deny of its namespace',
    doc(allow(like(ns('*:api'))), { ...allow(like(ns('shop:*'))), Effect: 'Deny' }),
    'trust-deny',
    'no-untrusted-service-account',
    { repairable: false },
  ),
  broken(
    'conditions on the subject that exclude each other',
    withKeysBlock({ StringEquals: keys(SUBJECT), StringLike: { [`${ISSUER}:sub`]: ns('web:*') } }),
    'trust-subject',
    'no-unsatisfiable-trust',
  ),
  broken(
    'a Deny of everyone',
    doc(sound, { Effect: 'Deny', Principal: '*', Action: 'sts:*' }),
    'trust-deny',
    'no-unsatisfiable-trust',
    { repairable: false },
  ),
  broken(
    'a Deny of the provider',
    doc(sound, { Effect: 'Deny', Principal: { Federated: provider() }, Action: WEB }),
    'trust-deny',
    'no-unsatisfiable-trust',
    { repairable: false },
  ),
  broken(
    'a Deny unless another audience',
    doc(sound, {
      Effect: 'Deny',
      Principal: { Federated: provider() },
      Action: WEB,
      Condition: { StringNotEquals: { [`${ISSUER}:aud`]: 'vault' } },
    }),
    'trust-deny',
    'no-unsatisfiable-trust',
    { repairable: false },
  ),

  // Several at once: the most specific names the cause
  broken(
    'stale issuer before wrong action',
    doc({
      ...allow(equals(SUBJECT, STS, `${HOST}/id/${OLD}`)),
      Principal: { Federated: provider(`${HOST}/id/${OLD}`) },
      Action: 'sts:AssumeRole',
    }),
    'trust-principal',
    'no-stale-issuer',
  ),
  broken(
    'wrong action before a literal wildcard',
    doc({ ...allow(equals(ns('shop:*'))), Action: 'sts:AssumeRole' }),
    'trust-action',
    'no-wrong-assume-action',
  ),
  broken(
    'a mismatched key before a wrong audience',
    withKeys({ [`${ISSUER}:aud`]: 'x', [`https://${ISSUER}:sub`]: SUBJECT }),
    'trust-subject',
    'no-mismatched-condition-key',
  ),
  broken(
    'a literal wildcard before a wrong audience',
    doc(allow(equals(ns('shop:*'), 'x'))),
    'trust-subject',
    'no-literal-wildcard',
  ),
  broken(
    'the nearest of several statements is named',
    doc(allow(equals(ns('web:web'))), { ...sound, Action: 'sts:AssumeRole' }),
    'trust-action',
    'no-wrong-assume-action',
  ),
];

function withKeysBlock(blocks: Conditions): string {
  return doc(allow(blocks));
}
