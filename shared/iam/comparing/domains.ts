import { splitArn } from '../arn.ts';
import type { Language } from '../languages/explore.ts';
import {
  confined,
  EVERYTHING,
  type Glob,
  literalGlob,
  type SymbolClass,
  type Token,
} from '../languages/globs.ts';
import type { ContextValue, Request } from '../request.ts';
import { assumeRoleRequests, podIdentityRequests, webIdentityRequest } from '../requests.ts';
import type { CallerClass } from './callers.ts';

/** What values a condition key can have in calls of a class of callers. */
export type Domain =
  | { readonly kind: 'absent' }
  | { readonly kind: 'fixed'; readonly value: string }
  /** Always there, with any string of `within`. */
  | { readonly kind: 'present'; readonly within: Language }
  /** There with any value, or not there. */
  | { readonly kind: 'free' }
  /** A part of another key's value: the account of an ARN. */
  | Part;

export interface Part {
  readonly kind: 'part';
  readonly of: string;
  /** Tells parts of one key apart. */
  readonly name: string;
  /** Turns a test of the part into one of the whole. */
  readonly embed: (glob: Glob) => Glob;
  readonly extract: (whole: string) => string;
}

const PRESENT: Domain = { kind: 'present', within: [EVERYTHING] };
const FREE: Domain = { kind: 'free' };
const ABSENT: Domain = { kind: 'absent' };

/**
 * The domain of a lower-cased key. Contexts that no call has must not count as a difference: a web identity has the
 * claims of its own issuer alone, EKS sends the ARN of the cluster and its account together, and so on.
 */
export function domainOf(callers: CallerClass, key: string): Domain {
  switch (callers.kind) {
    case 'web-identity':
      return webIdentityDomain(callers, key);
    case 'saml':
      if (key.startsWith('saml:')) return FREE;
      return isGlobalKey(key) && !isOfSigner(key) && !key.startsWith('aws:source') ? FREE : ABSENT;
    case 'pods':
      return podsDomain(callers.tags, key);
    case 'service':
      return serviceDomain(callers.service, key);
    case 'aws':
      if (key === PRINCIPAL_ARN) return { kind: 'present', within: principalArns(callers.partitions) };
      if (key === 'aws:principalaccount') return ACCOUNT_OF_PRINCIPAL;
      return principalDomain(key);
    case 'session':
      if (key === PRINCIPAL_ARN) return { kind: 'fixed', value: callers.caller.arn };
      if (key === 'aws:principalaccount') return { kind: 'fixed', value: callers.caller.account };
      return principalDomain(key);
  }
}

/** Keys that every call of the class has and that messages want, though no condition may name them. */
export function tellingKeys(callers: CallerClass): readonly string[] {
  switch (callers.kind) {
    case 'web-identity':
      return [`${callers.issuer}:sub`, `${callers.issuer}:aud`];
    case 'pods':
      return callers.tags ? [SOURCE_ARN, NAMESPACE_TAG, SERVICE_ACCOUNT_TAG] : [SOURCE_ARN];
    case 'aws':
      return [PRINCIPAL_ARN];
    case 'saml':
    case 'service':
    case 'session':
      return [];
  }
}

export const PRINCIPAL_ARN = 'aws:principalarn';
export const SOURCE_ARN = 'aws:sourcearn';
export const NAMESPACE_TAG = 'aws:requesttag/kubernetes-namespace';
export const SERVICE_ACCOUNT_TAG = 'aws:requesttag/kubernetes-service-account';

function isGlobalKey(key: string): boolean {
  return key.startsWith('aws:') || key.startsWith('sts:');
}

/** Keys about a customer's principal that signs the call: neither a federated user nor an AWS service is one. */
function isOfSigner(key: string): boolean {
  return [PRINCIPAL_ARN, 'aws:principalaccount', 'aws:principalorgid', 'aws:principalorgpaths'].includes(key);
}

/** What the request builders say of a key, for a caller whose particulars do not matter. */
function fromRequest(request: Request, key: string): Domain {
  return fromContext(request.context(key));
}

function fromContext(value: ContextValue): Domain {
  if (value === 'absent') return ABSENT;
  if (value === 'present') return PRESENT;
  if (value === 'unknown') return FREE;
  const [only] = value;
  return value.length === 1 && only !== undefined ? { kind: 'fixed', value: only } : PRESENT;
}

type WebIdentity = Extract<CallerClass, { kind: 'web-identity' }>;

const TOKEN_REQUEST = webIdentityRequest({ provider: '', issuerKey: '', subject: '', audience: '' });

function webIdentityDomain({ issuer, eks }: WebIdentity, key: string): Domain {
  if (key === `${issuer}:sub` || key === `${issuer}:aud`) return PRESENT;
  if (eks) return fromRequest(TOKEN_REQUEST, key);
  const fromToken =
    key.startsWith(`${issuer}:`) ||
    [
      'aws:requesttag/',
      'aws:principaltag/',
      'aws:tagkeys',
      'sts:transitivetagkeys',
      'sts:sourceidentity',
    ].some((family) => key.startsWith(family));
  return fromToken ? FREE : fromRequest(TOKEN_REQUEST, key);
}

const POD_REQUESTS = [true, false].map((tags) => {
  const clusterArn = 'arn:aws:eks:us-east-1:111122223333:cluster/any';
  return podIdentityRequests({ clusterArn, account: '111122223333', namespace: '', serviceAccount: '', tags })
    .assume;
});

function podsDomain(tags: boolean, key: string): Domain {
  if (isOfSigner(key)) return ABSENT;
  if (key === SOURCE_ARN) return { kind: 'present', within: [CLUSTER_ARN] };
  if (key === 'aws:sourceaccount' || key === 'aws:resourceaccount') return ACCOUNT_OF_SOURCE;
  if (tags && key === 'aws:requesttag/eks-cluster-arn') return WHOLE_SOURCE;
  if (tags && key === 'aws:requesttag/eks-cluster-name') return CLUSTER_OF_SOURCE;
  const request = POD_REQUESTS[tags ? 0 : 1];
  const domain = request === undefined ? FREE : fromRequest(request, key);
  return domain.kind === 'fixed' && key.startsWith('aws:requesttag/') ? PRESENT : domain;
}

/** Other services: what they pass is theirs to know, apart from what they are. */
function serviceDomain(service: string, key: string): Domain {
  if (key === 'aws:principalservicename') return { kind: 'fixed', value: service };
  if (key.startsWith('aws:requesttag/') || key.startsWith('aws:source') || key.startsWith('sts:'))
    return FREE;
  const domain = podsDomain(false, key);
  return domain.kind === 'part' || key === 'aws:tagkeys' ? FREE : domain;
}

const CHAINED = assumeRoleRequests({ principalArn: '', account: '', tags: { any: '' } }).assume;

function principalDomain(key: string): Domain {
  if (key === 'sts:externalid' || key.startsWith('aws:principaltag/')) return FREE;
  return fromRequest(CHAINED, key);
}

const many = (of: SymbolClass): Token => ({ kind: 'many', of });
const one = (of: SymbolClass): Token => ({ kind: 'one', of });
const ACCOUNT_ID: Glob = Array.from({ length: 12 }, () => one('digit'));

/** `arn:<partition>:eks:<region>:<account>:cluster/<name>`. */
const CLUSTER_ARN: Glob = [
  ...literalGlob('arn:aws'),
  many('label'),
  ...literalGlob(':eks:'),
  one('alphanumeric'),
  many('label'),
  ...literalGlob(':'),
  ...ACCOUNT_ID,
  ...literalGlob(':cluster/'),
  one('not-colon'),
  many('not-colon'),
];

function principalArns(partitions: readonly string[]): Language {
  return partitions.flatMap((partition) => {
    const account = [...literalGlob(`arn:${partition}:iam::`), ...ACCOUNT_ID, ...literalGlob(':')];
    const named = (kind: string): Glob => [
      ...account,
      ...literalGlob(kind),
      one('not-colon'),
      many('not-colon'),
    ];
    return [named('role/'), named('user/'), [...account, ...literalGlob('root')]];
  });
}

function accountPart(of: string): Part {
  const part = many('not-colon');
  const colon = literalGlob(':');
  const before = [...literalGlob('arn:'), part, ...colon, part, ...colon, part, ...colon];
  return {
    kind: 'part',
    of,
    name: 'account',
    embed: (glob) => [...before, ...confined(glob, 'not-colon'), ...colon, many('any')],
    extract: (arn) => splitArn(arn)[4] ?? '',
  };
}

const ACCOUNT_OF_SOURCE = accountPart(SOURCE_ARN);
const ACCOUNT_OF_PRINCIPAL = accountPart(PRINCIPAL_ARN);
const WHOLE_SOURCE: Part = {
  kind: 'part',
  of: SOURCE_ARN,
  name: 'whole',
  embed: (glob) => glob,
  extract: (arn) => arn,
};
const CLUSTER_OF_SOURCE: Part = {
  kind: 'part',
  of: SOURCE_ARN,
  name: 'cluster',
  embed: (glob) => [...CLUSTER_ARN.slice(0, -2), ...confined(glob, 'not-colon')],
  extract: (arn) => (splitArn(arn)[5] ?? '').replace(/^cluster\//, ''),
};
