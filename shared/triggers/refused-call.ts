import { parseIssuer } from '../identity/issuer.ts';
import { fields, inner, text } from './fields.ts';
import { issuerOfProvider } from './issuers.ts';
import { roleArnIn } from './names.ts';
import { readRecord } from './read-trigger.ts';
import { type RefusalReason, refusalReason } from './refusal-message.ts';
import type { TriggerFrame } from './trigger.ts';

/** A call that a pod made with a role it had, and that was refused for want of a permission. */
export interface RefusedCall extends TriggerFrame, RefusalReason {
  readonly failure: { readonly code: string };
  /** The role, with its path. */
  readonly roleArn: string;
  readonly via: 'web-identity' | 'pod-identity';
}

/** A service's host name as CloudTrail gives it. */
const SERVICE = /^[a-z0-9][a-z0-9.-]{0,100}$/;
const CALL = /^\w{1,128}$/;

/** Error codes of missing permissions: most services', EC2's, and SNS's. Also a query's regular expression. */
export const REFUSAL_CODE = '^AccessDenied|UnauthorizedOperation$|^AuthorizationError';

/** EKS names the session `eks-<cluster>-<pod>-<uuid>`, both names cut short. Also a query's regular expression. */
export const POD_SESSION = 'eks-.+-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$';

const refusalCode = new RegExp(REFUSAL_CODE);
const podSession = new RegExp(`^${POD_SESSION}`);

/** A message with the names of caller and resource in it is longer than other texts of a record. */
const LONGEST_MESSAGE = 8192;

/**
 * Reads an EventBridge envelope that carries the CloudTrail record of a refused call. Null for every other one: a call that
 * was answered, that failed for another reason, or that nobody can be seen to have made from a pod. Of the message no more is
 * kept than the action and the kind of policy. Never throws.
 */
export function readRefusedCall(envelope: unknown): RefusedCall | null {
  const found = readRecord(envelope);
  if (found === null) return null;
  const { record, frame } = found;
  const { failure, event, actor } = frame;
  if (failure === undefined || !refusalCode.test(failure.code) || actor.type !== 'AssumedRole') return null;
  if (!SERVICE.test(event.service) || !CALL.test(event.name)) return null;
  const context = inner(fields(record['userIdentity']), 'sessionContext');
  const roleArn = roleArnIn(inner(context, 'sessionIssuer'), 'arn');
  const via = viaOf(text(inner(context, 'webIdFederationData'), 'federatedProvider', 2048), actor.session);
  if (roleArn === undefined || via === null) return null;
  const reason = refusalReason(text(record, 'errorMessage', LONGEST_MESSAGE));
  return { ...frame, failure: { code: failure.code }, roleArn, via, ...reason };
}

function viaOf(provider: string | undefined, session: string | undefined): RefusedCall['via'] | null {
  if (provider !== undefined) {
    const issuer = issuerOfProvider(provider);
    return issuer !== undefined && parseIssuer(issuer).eks !== undefined ? 'web-identity' : null;
  }
  return session !== undefined && podSession.test(session) ? 'pod-identity' : null;
}
