import { parseIssuer } from '../../identity/issuer.ts';
import type { Admitted, Grant } from '../admitted-types.ts';
import { parseArn, splitArn } from '../arn.ts';
import type { AssumeAction } from '../assume-actions.ts';
import type { PrincipalEntry, PrincipalKind } from '../policy.ts';
import type { Caller } from '../request.ts';
import { POD_IDENTITY_SERVICE } from '../requests.ts';

/** A kind of caller that no policy under comparison tells apart any further, except by conditions. */
export type CallerClass =
  /** Web identities of one provider; `issuer` lower-cased, as in condition keys. */
  | { readonly kind: 'web-identity'; readonly caller: Caller; readonly issuer: string; readonly eks: boolean }
  | { readonly kind: 'saml'; readonly caller: Caller }
  /** EKS on behalf of pods with an association, with or without session tags. */
  | { readonly kind: 'pods'; readonly caller: Caller; readonly tags: boolean }
  | { readonly kind: 'service'; readonly caller: Caller; readonly service: string }
  /** Every IAM principal at once: its ARN is one more string to choose. */
  | { readonly kind: 'aws'; readonly partitions: readonly string[] }
  /** The one session that a principal element names by its session ARN. */
  | { readonly kind: 'session'; readonly caller: Extract<Caller, { kind: 'aws' }> };

const BASE: readonly AssumeAction[] = [
  'sts:AssumeRole',
  'sts:TagSession',
  'sts:SetSourceIdentity',
  'sts:SetContext',
];
const UNTAGGED: readonly AssumeAction[] = ['sts:AssumeRole'];
const TAGGED: readonly AssumeAction[] = ['sts:AssumeRole', 'sts:TagSession'];
const EKS_TOKEN: readonly AssumeAction[] = ['sts:AssumeRoleWithWebIdentity'];
const TOKEN: readonly AssumeAction[] = [
  'sts:AssumeRoleWithWebIdentity',
  'sts:TagSession',
  'sts:SetSourceIdentity',
];
const SAML: readonly AssumeAction[] = ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity'];

/**
 * The actions that callers of the class need when they assume a role. Tokens of EKS carry neither session tags nor a
 * source identity; EKS passes tags for pods unless they are switched off.
 */
export function actionsOf(callers: CallerClass): readonly AssumeAction[] {
  switch (callers.kind) {
    case 'web-identity':
      return callers.eks ? EKS_TOKEN : TOKEN;
    case 'saml':
      return SAML;
    case 'pods':
      return callers.tags ? TAGGED : UNTAGGED;
    case 'service':
    case 'aws':
    case 'session':
      return BASE;
  }
}

/** Every class of callers that the policies could treat differently: the ones they name, and one stranger of each kind. */
export function callerClasses(policies: readonly Admitted[]): readonly CallerClass[] {
  const boxes = policies.flatMap(({ grants, exceptions }) => [...grants, ...exceptions]);
  const entries = boxes.flatMap((box) => box.principal.entries);
  const services = [...named(entries, 'Service')];
  return [
    ...[...named(entries, 'Federated'), ...providersInConditions(boxes, entries)].map(federated),
    ...[...new Set([...services, POD_IDENTITY_SERVICE])].flatMap(service),
    { kind: 'aws', partitions: partitionsOf(boxes) },
    ...sessionsOf(entries),
    ...STRANGERS,
  ];
}

/** Callers that nobody names: they are admitted by `*`, by everyone, or by a negation. */
const STRANGERS: readonly CallerClass[] = [
  federated('arn:aws:iam::999999999999:oidc-provider/unnamed.example.com'),
  federated('arn:aws:iam::999999999999:saml-provider/unnamed'),
  ...service('unnamed.amazonaws.com'),
];

function named(entries: readonly PrincipalEntry[], kind: PrincipalKind): ReadonlySet<string> {
  return new Set(
    entries.filter((entry) => entry.kind === kind && entry.value !== '*').map(({ value }) => value),
  );
}

/** The web identities of a provider whose tokens name the given issuer. */
export function federatedCallers(provider: string, issuerKey: string): Exclude<CallerClass, { kind: 'aws' }> {
  const { key, eks } = parseIssuer(issuerKey);
  return {
    kind: 'web-identity',
    caller: { kind: 'federated', provider },
    issuer: key.toLowerCase(),
    eks: eks !== undefined,
  };
}

/** The ways a service calls. */
export function serviceCallers(name: string): readonly Exclude<CallerClass, { kind: 'aws' }>[] {
  return service(name);
}

/** `…:oidc-provider/<issuer>`, `…:saml-provider/<name>`, or the bare host of a built-in identity provider. */
function federated(provider: string): CallerClass {
  const caller: Caller = { kind: 'federated', provider };
  const resource = parseArn(provider)?.resource;
  if (resource?.startsWith('saml-provider/')) return { kind: 'saml', caller };
  const issuer = parseIssuer(resource?.replace(/^oidc-provider\//, '') ?? provider);
  return { kind: 'web-identity', caller, issuer: issuer.key.toLowerCase(), eks: issuer.eks !== undefined };
}

function service(name: string): Exclude<CallerClass, { kind: 'aws' }>[] {
  const caller: Caller = { kind: 'service', service: name };
  if (name !== POD_IDENTITY_SERVICE) return [{ kind: 'service', caller, service: name }];
  return [
    { kind: 'pods', caller, tags: true },
    { kind: 'pods', caller, tags: false },
  ];
}

const CLAIM = /^([^:/]+\.[^:]+):(?:sub|aud|amr|azp|email|oaud)$/;

/**
 * Providers that only condition keys name, as where the principal is `*`: in the account of a provider that is named, or
 * else in one made up, since a policy does not tell its own account.
 */
function providersInConditions(
  boxes: readonly Grant[],
  entries: readonly PrincipalEntry[],
): readonly string[] {
  const known = new Set(
    [...named(entries, 'Federated')].map((arn) => arn.slice(arn.indexOf('/') + 1).toLowerCase()),
  );
  const keys = boxes.flatMap((box) => [...box.keys, ...box.undecided]).map(({ key }) => key.toLowerCase());
  const issuers = new Set(keys.flatMap((key) => CLAIM.exec(key)?.[1] ?? []));
  const sibling = entries.find(
    (entry) => entry.kind === 'Federated' && parseArn(entry.value) !== null,
  )?.value;
  const [, partition = 'aws', , , account = '999999999999'] = splitArn(sibling ?? '');
  return [...issuers]
    .filter((issuer) => !known.has(issuer))
    .map((issuer) => `arn:${partition}:iam::${account}:oidc-provider/${issuer}`);
}

/** Partitions of the ARNs that the policies hold; an account lives in one of them only. */
function partitionsOf(boxes: readonly Grant[]): readonly string[] {
  const texts = boxes.flatMap((box) => [
    ...box.principal.entries.map(({ value }) => value),
    ...box.keys.flatMap(({ all }) =>
      all.flatMap((set) => [...set.include, ...set.exclude].map(({ text }) => text)),
    ),
    ...box.undecided.flatMap(({ values }) => values),
  ]);
  const partitions = texts.flatMap((text) => /^arn:(aws[a-z-]*):/.exec(text)?.[1] ?? []);
  return partitions.length === 0 ? ['aws'] : [...new Set(partitions)];
}

function sessionsOf(entries: readonly PrincipalEntry[]): CallerClass[] {
  return [...named(entries, 'AWS')].flatMap((sessionArn): CallerClass[] => {
    const arn = parseArn(sessionArn);
    const role = /^assumed-role\/([^/]+)\//.exec(arn?.resource ?? '')?.[1];
    if (arn === null || role === undefined) return [];
    const roleArn = `arn:${arn.partition}:iam::${arn.account}:role/${role}`;
    return [{ kind: 'session', caller: { kind: 'aws', arn: roleArn, account: arn.account, sessionArn } }];
  });
}
