import { parseArn } from './arn.ts';
import type { ContextValue, Request } from './request.ts';

/**
 * The requests that AWS builds when a pod, EKS or a role takes on a role, with what each condition key holds in them.
 * (IAM user guide, Reference: global condition context keys; IAM and STS condition keys. Amazon EKS user guide: IRSA, Pod
 * Identity.) A key that is not documented for a request, or whose value the cluster does not decide, is `unknown`. `at`
 * is the ISO time of the call: whoever judges a snapshot asks for its own time.
 */

type Values = ReadonlyMap<string, ContextValue>;

/** The clock, for an ISO time; without one it shows some time. */
export function timeValues(at: string | undefined): [string, ContextValue][] {
  const milliseconds = at === undefined ? Number.NaN : Date.parse(at);
  const known = at !== undefined && !Number.isNaN(milliseconds);
  return [
    ['aws:currenttime', known ? [new Date(milliseconds).toISOString()] : 'present'],
    ['aws:epochtime', known ? [String(Math.floor(milliseconds / 1000))] : 'present'],
  ];
}

/** The service that assumes roles for pods with Pod Identity. */
export const POD_IDENTITY_SERVICE = 'pods.eks.amazonaws.com';

/**
 * A pod's `sts:AssumeRoleWithWebIdentity` with its projected token. The call is unsigned: whatever describes a caller
 * with AWS credentials is absent, and so is every claim but `sub` and `aud`, since tokens of EKS carry no `amr`, `azp`
 * or `email`. `region` is where the pod calls STS.
 */
export function webIdentityRequest(i: {
  provider: string;
  issuerKey: string;
  subject: string;
  audience: string;
  roleArn?: string;
  region?: string;
  at?: string;
}): Request {
  const issuer = i.issuerKey.toLowerCase();
  const values = new Map<string, ContextValue>([
    [`${issuer}:sub`, [i.subject]],
    [`${issuer}:aud`, [i.audience]],
    ['sts:rolesessionname', 'present'],
    ['aws:securetransport', ['true']],
    ...timeValues(i.at),
    ['aws:viaawsservice', ['false']],
    ['aws:requestedregion', i.region === undefined ? 'present' : [i.region]],
    ...roleValues(i.roleArn),
  ]);
  return {
    caller: { kind: 'federated', provider: i.provider },
    action: 'sts:AssumeRoleWithWebIdentity',
    ...resourceOf(i.roleArn),
    context: (key) => values.get(key) ?? webIdentityDefault(key),
  };
}

/** Global keys that an unsigned call leaves open: undocumented for it, or set by the network and the client. */
const OPEN_FOR_WEB_IDENTITY: ReadonlySet<string> = new Set([
  'aws:federatedprovider',
  'aws:principaltype',
  'aws:userid',
  'aws:useragent',
  'aws:referer',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpcarn',
  'aws:sourcevpce',
  'aws:vpcsourceip',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'sts:durationseconds',
]);

/** Keys that people write and STS does not have: claims go by the issuer's name (IAM user guide, keys for OIDC federation). */
const UNREAL: ReadonlySet<string> = new Set(['sts:sub', 'sts:aud', 'sts:amr', 'sts:azp']);

function webIdentityDefault(key: string): ContextValue {
  if (UNREAL.has(key)) return 'absent';
  if (OPEN_FOR_WEB_IDENTITY.has(key) || isResourceTag(key)) return 'unknown';
  return isStsKey(key) && !isAbsentWithoutCredentials(key) ? 'unknown' : 'absent';
}

/** Global keys about a signed caller, about a service that calls, and about session tags that the token does not carry. */
const ABSENT_WITHOUT_CREDENTIALS: ReadonlySet<string> = new Set([
  'aws:username',
  'aws:tokenissuetime',
  'aws:tagkeys',
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:assumedroot',
  'aws:chatbotsourcearn',
  'sts:externalid',
  'sts:transitivetagkeys',
  'sts:sourceidentity',
  'sts:awsservicename',
]);
const ABSENT_FAMILIES = [
  'aws:principal',
  'aws:source',
  'aws:requesttag/',
  'aws:multifactorauth',
  'aws:ec2instance',
];

function isAbsentWithoutCredentials(key: string): boolean {
  return ABSENT_WITHOUT_CREDENTIALS.has(key) || ABSENT_FAMILIES.some((family) => key.startsWith(family));
}

/** STS knows global keys and its own; any other prefix (another issuer, `saml`, another service) is never in a request to it. */
function isStsKey(key: string): boolean {
  return key.startsWith('aws:') || key.startsWith('sts:');
}

/** Tags of the role itself, which the request builders do not know. */
function isResourceTag(key: string): boolean {
  return key.startsWith('aws:resourcetag/') || key.startsWith('iam:resourcetag/');
}

/**
 * What EKS asks of STS for a pod with an association: `sts:AssumeRole` by the service, and `sts:TagSession` for the six
 * session tags unless they are switched off.
 */
export function podIdentityRequests(i: {
  clusterArn: string;
  account: string;
  namespace: string;
  serviceAccount: string;
  tags: boolean;
  roleArn?: string;
  /** The `o-…` id of the cluster account's organization, where it was read. */
  organization?: string;
  at?: string;
}): { assume: Request; tagSession: Request | null } {
  const organization: ContextValue = i.organization === undefined ? 'unknown' : [i.organization];
  const ofTheAccount = i.roleArn === undefined || parseArn(i.roleArn)?.account === i.account;
  const values = new Map<string, ContextValue>([
    ['aws:sourcearn', [i.clusterArn]],
    ['aws:sourceaccount', [i.account]],
    ['aws:sourceorgid', organization],
    ['aws:principalisawsservice', ['true']],
    ['aws:principalservicename', [POD_IDENTITY_SERVICE]],
    ['aws:principalservicenameslist', 'present'],
    ['sts:rolesessionname', 'present'],
    ['sts:externalid', 'absent'],
    ['sts:sourceidentity', 'absent'],
    ['aws:securetransport', ['true']],
    ...timeValues(i.at),
    ['aws:viaawsservice', ['false']],
    ['aws:requestedregion', 'present'],
    ['aws:resourceaccount', [i.account]],
    ['aws:resourceorgid', ofTheAccount ? organization : 'unknown'],
    ...tagValues(i.tags ? podTags(i) : new Map()),
    ...roleValues(i.roleArn),
  ]);
  const context = (key: string): ContextValue => values.get(key) ?? serviceDefault(key);
  const caller = { kind: 'service', service: POD_IDENTITY_SERVICE } as const;
  const assume: Request = { caller, action: 'sts:AssumeRole', ...resourceOf(i.roleArn), context };
  return { assume, tagSession: i.tags ? { ...assume, action: 'sts:TagSession' } : null };
}

/** The session tags that EKS sets for a pod, all of them transitive (Amazon EKS user guide, Pod Identity: session tags). */
function podTags(i: { clusterArn: string; namespace: string; serviceAccount: string }): Values {
  const clusterName = parseArn(i.clusterArn)?.resource.replace(/^cluster\//, '') ?? '';
  return new Map<string, ContextValue>([
    ['eks-cluster-arn', [i.clusterArn]],
    ['eks-cluster-name', clusterName === '' ? 'present' : [clusterName]],
    ['kubernetes-namespace', [i.namespace]],
    ['kubernetes-service-account', [i.serviceAccount]],
    ['kubernetes-pod-name', 'present'],
    ['kubernetes-pod-uid', 'present'],
  ]);
}

/** Keys of the session tags that a call passes. */
function tagValues(tags: Values): [string, ContextValue][] {
  const names: ContextValue = tags.size === 0 ? 'absent' : [...tags.keys()];
  return [
    ['aws:tagkeys', names],
    ['sts:transitivetagkeys', names],
    ...[...tags].map(([name, value]): [string, ContextValue] => [
      `aws:requesttag/${name.toLowerCase()}`,
      value,
    ]),
  ];
}

/** A service has no organization, tags, name or MFA of its own; other keys about it are not documented. */
function serviceDefault(key: string): ContextValue {
  if (isResourceTag(key)) return 'unknown';
  if (!isStsKey(key)) return 'absent';
  const absent = [
    'aws:requesttag/',
    'aws:principaltag/',
    'aws:principalorg',
    'aws:multifactorauth',
    'aws:calledvia',
  ];
  if (key === 'aws:username' || key === 'aws:federatedprovider') return 'absent';
  return absent.some((family) => key.startsWith(family)) ? 'absent' : 'unknown';
}

/**
 * A role or user that assumes another role: `account` is the caller's, `tags` are the session tags that its session
 * hands on, `organization` is the caller's `o-…` id. Transitive tags count as tags of the next request, so the call needs
 * `sts:TagSession` too, and trust policies test them as `aws:RequestTag` (Amazon EKS user guide, Pod Identity: target role).
 */
export function assumeRoleRequests(i: {
  principalArn: string;
  account: string;
  externalId?: string;
  tags?: Record<string, string>;
  organization?: string;
  at?: string;
  /** The role that is assumed. */
  roleArn?: string;
}): { assume: Request; tagSession: Request | null } {
  const tags = Object.entries(i.tags ?? {});
  const values = new Map<string, ContextValue>([
    ['aws:principalarn', [i.principalArn]],
    ['aws:principalaccount', [i.account]],
    ['aws:principalisawsservice', ['false']],
    ['aws:principalorgid', i.organization === undefined ? 'unknown' : [i.organization]],
    ['sts:externalid', i.externalId === undefined ? 'absent' : [i.externalId]],
    ['sts:rolesessionname', 'present'],
    ['aws:userid', 'present'],
    ['aws:securetransport', ['true']],
    ...timeValues(i.at),
    ['aws:requestedregion', 'present'],
    ...tags.flatMap(([name, value]) => handedOn(name.toLowerCase(), value)),
    ...callerValues(i.principalArn),
    ...roleValues(i.roleArn),
  ]);
  const context = (key: string): ContextValue => values.get(key) ?? chainDefault(key, tags.length > 0);
  const caller = { kind: 'aws', arn: i.principalArn, account: i.account } as const;
  const assume: Request = { caller, action: 'sts:AssumeRole', ...resourceOf(i.roleArn), context };
  return { assume, tagSession: tags.length > 0 ? { ...assume, action: 'sts:TagSession' } : null };
}

/** What the kind of principal tells: a role's session, or a user. */
export function callerValues(arn: string): [string, ContextValue][] {
  const resource = parseArn(arn)?.resource ?? '';
  if (resource.startsWith('role/')) {
    return [
      ['aws:username', 'absent'],
      ['aws:principaltype', ['AssumedRole']],
      ['aws:tokenissuetime', 'present'],
    ];
  }
  if (!resource.startsWith('user/')) return [];
  return [
    ['aws:username', [resource.slice(resource.lastIndexOf('/') + 1)]],
    ['aws:principaltype', ['User']],
  ];
}

/** A session tag that is handed on belongs to the caller and counts as passed with the call. */
function handedOn(name: string, value: string): [string, ContextValue][] {
  return [
    [`aws:principaltag/${name}`, [value]],
    [`aws:requesttag/${name}`, [value]],
  ];
}

/** Keys that only a service's call carries are absent, and tags of the call when the session hands none on. */
function chainDefault(key: string, tagged: boolean): ContextValue {
  if (isResourceTag(key)) return 'unknown';
  if (!isStsKey(key) || SERVICE_SOURCES.has(key) || key.startsWith('aws:principalservicename'))
    return 'absent';
  if (key === 'aws:tagkeys') return tagged ? 'present' : 'absent';
  const aboutTags = key === 'sts:transitivetagkeys' || key.startsWith('aws:requesttag/');
  return aboutTags && !tagged ? 'absent' : 'unknown';
}

const SERVICE_SOURCES: ReadonlySet<string> = new Set([
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
]);

function roleValues(roleArn: string | undefined): [string, ContextValue][] {
  const account = roleArn === undefined ? undefined : parseArn(roleArn)?.account;
  return account === undefined ? [] : [['aws:resourceaccount', [account]]];
}

function resourceOf(roleArn: string | undefined): { resource?: string } {
  return roleArn === undefined ? {} : { resource: roleArn };
}
