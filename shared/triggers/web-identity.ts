import { type Fields, fields, text } from './fields.ts';
import { issuerOfProvider } from './issuers.ts';

/** Who presented a web identity token, as far as a record says: records of refusals leave out most of it. */
export interface WebIdentity {
  /** Issuer without scheme. */
  readonly issuer?: string;
  readonly audience?: string;
  readonly subject?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
}

/** Longer than a provider's ARN, an audience and a subject together. */
const LONGEST_ID = 2048;
const LONGEST_SUBJECT = 512;

/**
 * Reads `userIdentity` of AssumeRoleWithWebIdentity, and its answer where the record has one. `principalId` is
 * `<provider ARN>:<audience>:<subject>`, of which every part can hold colons: known parts are taken off its ends.
 */
export function webIdentityOf(record: Fields): WebIdentity {
  const identity = fields(record['userIdentity']);
  const answered = fields(record['responseElements']);
  const id = text(identity, 'principalId', LONGEST_ID) ?? '';
  const provider =
    text(identity, 'identityProvider', LONGEST_ID) ??
    text(answered, 'provider', LONGEST_ID) ??
    /^arn:[^:]*:iam::\d{12}:oidc-provider\/[^:]+/.exec(id)?.[0];
  const rest = provider !== undefined && id.startsWith(`${provider}:`) ? id.slice(provider.length + 1) : '';
  const subject =
    text(identity, 'userName', LONGEST_SUBJECT) ??
    text(answered, 'subjectFromWebIdentityToken', LONGEST_SUBJECT) ??
    /(?:^|:)(system:serviceaccount:[^:]+:[^:]+)$/.exec(rest)?.[1];
  const audience =
    text(answered, 'audience') ??
    (subject !== undefined && rest.endsWith(`:${subject}`) ? rest.slice(0, -subject.length - 1) : undefined);
  const issuer = issuerOfProvider(provider);
  const [, namespace, serviceAccount] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject ?? '') ?? [];
  return {
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && audience !== '' && { audience: audience.slice(0, 256) }),
    ...(subject !== undefined && { subject }),
    ...(namespace !== undefined && serviceAccount !== undefined && { namespace, serviceAccount }),
  };
}
