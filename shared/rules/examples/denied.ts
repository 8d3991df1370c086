import type {
  PodIdentityDenial,
  RefusedCall,
  Session,
  Snapshot,
  WebIdentityDenial,
} from '../../estate/snapshot.ts';
import type { Example } from '../define-rule.ts';
import { estateOf, ISSUER, REGION, ROLE_ARN, role } from './estate.ts';

/** A refusal of a ServiceAccount of the cluster `shop`, five hours before the examples were read. */
export function webDenial(changes: Partial<WebIdentityDenial> = {}): WebIdentityDenial {
  return {
    role: ROLE_ARN,
    issuer: ISSUER,
    audience: 'sts.amazonaws.com',
    subject: 'system:serviceaccount:shop:checkout',
    region: REGION,
    first: '2026-11-21T18:00:00Z',
    last: '2026-11-21T19:00:00Z',
    count: 12,
    code: 'AccessDenied',
    eventId: 'example-1',
    ...changes,
  };
}

/** A refusal of the agent of the cluster `shop`. */
export function podDenial(changes: Partial<PodIdentityDenial> = {}): PodIdentityDenial {
  return {
    cluster: 'shop',
    nodeRole: ROLE_ARN.replace('checkout', 'shop-node'),
    region: REGION,
    first: '2026-11-21T18:00:00Z',
    last: '2026-11-21T19:00:00Z',
    count: 12,
    code: 'AccessDenied',
    eventId: 'example-2',
    ...changes,
  };
}

type Observed = NonNullable<Snapshot['accounts'][number]['observed']>;

/** An estate with what was observed in its first account. */
export function observing(snapshot: Snapshot, observed: Observed): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account, index) => (index === 0 ? { ...account, observed } : account)),
  };
}

/** All refusals that the pipeline recorded. */
export function denialsOf(denials: {
  readonly web?: readonly WebIdentityDenial[];
  readonly pod?: readonly PodIdentityDenial[];
  readonly gap?: string;
}): Observed {
  return {
    denials: {
      source: 'pipeline',
      since: '2026-11-01T00:00:00Z',
      complete: denials.gap === undefined,
      ...(denials.gap === undefined ? {} : { gap: denials.gap }),
      webIdentity: [...(denials.web ?? [])],
      podIdentity: [...(denials.pod ?? [])],
    },
  };
}

/** A refusal of one ServiceAccount of the namespace `shop`, where `checkout` is the trusted one. */
export function deniedExample(
  title: string,
  serviceAccount: string,
  changes: Partial<WebIdentityDenial> = {},
): Example {
  const denial = webDenial({ subject: `system:serviceaccount:shop:${serviceAccount}`, ...changes });
  return {
    title,
    snapshot: observing(estateOf({ roles: [role()] }), denialsOf({ web: [denial] })),
    show: JSON.stringify(denial, null, 2),
  };
}

/** A session of `shop/checkout`, five hours before the examples were read. */
export function webSession(changes: Partial<Session> = {}): Session {
  return {
    role: ROLE_ARN,
    via: 'web-identity',
    issuer: ISSUER,
    region: REGION,
    subject: 'system:serviceaccount:shop:checkout',
    first: '2026-11-20T10:00:00Z',
    last: '2026-11-21T19:00:00Z',
    ...changes,
  };
}

/** Sessions that the pipeline recorded. */
export function sessionsOf(...seen: readonly Session[]): Observed {
  return { sessions: { source: 'pipeline', since: '2026-11-01T00:00:00Z', complete: true, seen: [...seen] } };
}

/** A session with a token of an issuer. */
export function sessionExample(title: string, issuer: string): Example {
  const session = webSession({ issuer });
  return {
    title,
    snapshot: observing(estateOf({ roles: [role()] }), sessionsOf(session)),
    show: JSON.stringify(session, null, 2),
  };
}

/** A call that pods with the role were refused, five hours before the examples were read. */
export function refusedCall(changes: Partial<RefusedCall> = {}): RefusedCall {
  return {
    role: ROLE_ARN,
    via: 'web-identity',
    service: 'ec2.amazonaws.com',
    call: 'DescribeInstances',
    action: 'ec2:DescribeInstances',
    policy: 'identity-based',
    explicitDeny: false,
    region: REGION,
    first: '2026-11-21T18:00:00Z',
    last: '2026-11-21T19:00:00Z',
    count: 12,
    code: 'Client.UnauthorizedOperation',
    eventId: 'example-3',
    ...changes,
  };
}

/** Refused calls that the pipeline recorded. */
export function accessDeniedOf(...calls: readonly RefusedCall[]): Observed {
  return {
    accessDenied: { source: 'pipeline', since: '2026-11-01T00:00:00Z', complete: true, calls: [...calls] },
  };
}
