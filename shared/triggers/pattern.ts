import { POD_IDENTITY_SERVICE, SUBJECT_PREFIX } from '../identity/service-account.ts';
import { eventReaders } from './events/index.ts';

/** An EventBridge event pattern: what a rule asks of an event. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: Readonly<Record<string, readonly unknown[]>>;
}

/** `detail-type` of every event that CloudTrail delivers (EventBridge events reference). */
const CLOUDTRAIL_CALL = 'AWS API Call via CloudTrail';

/** The most characters of one pattern, unless the account's quota was raised (EventBridge quotas, "Event pattern size"). */
const LONGEST_PATTERN = 2_048;

/** A pattern cannot be made short enough. */
export class PatternTooLongError extends Error {
  override readonly name = 'PatternTooLongError';
}

/**
 * What the hub's rules let through: the writes that podtrust follows, when they succeeded. One pattern for each service,
 * and more where one would be too long; an event matches at most one. `extraSources` are sources of events that are
 * CloudTrail's in all but the source, as an organization's own re-publisher puts them: nobody but AWS may put events
 * whose source begins with `aws.`. Throws PatternTooLongError when these leave no room.
 */
export function changePatterns(extraSources: readonly string[] = []): readonly EventPattern[] {
  const changes = eventReaders.filter(({ records }) => records === 'change');
  const services = [...new Set(changes.map(({ service }) => service))];
  return services.flatMap((service) => {
    const names = changes.filter((reader) => reader.service === service).map(({ name }) => name);
    return split(names, (some) => patternOf(service, some, extraSources));
  });
}

/** A pattern of sessions: narrower than those of changes, since pods ask for credentials all day. */
export interface SessionPattern {
  readonly source: readonly unknown[];
  readonly 'detail-type': readonly string[];
  readonly detail: {
    /** Absent with `eventName`: any call. */
    readonly eventSource?: readonly string[];
    readonly eventName?: readonly string[];
    readonly managementEvent?: readonly boolean[];
    readonly errorCode: readonly unknown[];
    readonly errorMessage?: readonly unknown[];
    readonly userIdentity?: Readonly<Record<string, unknown>>;
  };
}

export interface SessionPatternOptions {
  /** Roles that pods did assume, too: one event for each pod and hour, or more. */
  readonly successes?: boolean;
  /** Calls that pods were refused with a role that they had, too. */
  readonly accessDenied?: boolean;
}

/**
 * What the hub's rules let through of sessions. The rules need the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS,
 * since these calls count as reads (EventBridge API reference, RuleState). Refused web identities are taken when the record
 * names a ServiceAccount, or names nobody and the message names an issuer of EKS: a token whose provider is missing is
 * recorded so, if at all. GitHub's, Cognito's and other callers' are left out. Throws PatternTooLongError when the extra sources
 * leave no room.
 */
export function sessionPatterns(
  extraSources: readonly string[] = [],
  { successes = false, accessDenied = false }: SessionPatternOptions = {},
): readonly SessionPattern[] {
  const failed = [{ exists: true }];
  const succeeded = [{ exists: false }];
  const pod = { userName: [{ prefix: SUBJECT_PREFIX }] };
  const sts = (eventName: string, detail: Omit<SessionPattern['detail'], 'eventSource' | 'eventName'>) =>
    sessionPattern('sts.amazonaws.com', eventName, extraSources, detail);
  return [
    sts('AssumeRoleWithWebIdentity', { errorCode: failed, userIdentity: pod }),
    sts('AssumeRoleWithWebIdentity', {
      errorCode: failed,
      errorMessage: EKS_ISSUERS,
      userIdentity: { userName: [{ exists: false }] },
    }),
    sessionPattern('eks-auth.amazonaws.com', 'AssumeRoleForPodIdentity', extraSources, { errorCode: failed }),
    ...(successes
      ? [
          sts('AssumeRoleWithWebIdentity', { errorCode: succeeded, userIdentity: pod }),
          sts('AssumeRole', { errorCode: succeeded, userIdentity: { invokedBy: [POD_IDENTITY_SERVICE] } }),
        ]
      : []),
    ...(accessDenied ? accessDeniedPatterns(extraSources) : []),
  ];
}

/**
 * Any service's refusal for want of a permission, of a session by a web identity of EKS or, by the name that EKS gives it, of an
 * association. Who it really was is looked at again by `readRefusedCall`. No event matches both.
 */
function accessDeniedPatterns(extraSources: readonly string[]): readonly SessionPattern[] {
  const refused = [
    { prefix: 'AccessDenied' },
    { suffix: 'UnauthorizedOperation' },
    { prefix: 'AuthorizationError' },
  ];
  const callers = [
    { sessionContext: { webIdFederationData: { federatedProvider: EKS_ISSUERS } } },
    {
      arn: [{ wildcard: '*:assumed-role/*/eks-*' }],
      sessionContext: { webIdFederationData: { federatedProvider: [{ exists: false }] } },
    },
  ];
  return callers.map((caller) =>
    checked({
      source: [{ prefix: 'aws.' }, ...extraSources],
      'detail-type': [CLOUDTRAIL_CALL],
      detail: {
        managementEvent: [true],
        errorCode: refused,
        userIdentity: { type: ['AssumedRole'], ...caller },
      },
    }),
  );
}

/** Texts that hold an issuer of EKS. */
const EKS_ISSUERS = [{ wildcard: '*oidc.eks.*/id/*' }, { wildcard: '*oidc-eks.*/id/*' }];

function sessionPattern(
  service: string,
  eventName: string,
  extraSources: readonly string[],
  detail: Omit<SessionPattern['detail'], 'eventSource' | 'eventName'>,
): SessionPattern {
  return checked({
    source: [awsSource(service), ...extraSources],
    'detail-type': [CLOUDTRAIL_CALL],
    detail: { eventSource: [service], eventName: [eventName], ...detail },
  });
}

function checked(pattern: SessionPattern): SessionPattern {
  if (JSON.stringify(pattern).length > LONGEST_PATTERN) throw new PatternTooLongError(NO_ROOM);
  return pattern;
}

const NO_ROOM = `The extra sources leave no room in an event pattern of ${LONGEST_PATTERN} characters. Give fewer or shorter ones.`;

function patternOf(service: string, names: readonly string[], extraSources: readonly string[]): EventPattern {
  return {
    source: [awsSource(service), ...extraSources],
    'detail-type': [CLOUDTRAIL_CALL],
    detail: { eventSource: [service], eventName: names, errorCode: [{ exists: false }] },
  };
}

/** As few patterns as the limit allows, each with the same share of the names. */
function split(
  names: readonly string[],
  pattern: (names: readonly string[]) => EventPattern,
): EventPattern[] {
  for (let parts = 1; parts <= names.length; parts += 1) {
    const size = Math.ceil(names.length / parts);
    const patterns = Array.from({ length: Math.ceil(names.length / size) }, (_, part) =>
      pattern(names.slice(part * size, (part + 1) * size)),
    );
    if (patterns.every((each) => JSON.stringify(each).length <= LONGEST_PATTERN)) return patterns;
  }
  throw new PatternTooLongError(NO_ROOM);
}

/** `iam.amazonaws.com` is `aws.iam` on the bus. */
function awsSource(service: string): string {
  return `aws.${service.split('.')[0] ?? service}`;
}
