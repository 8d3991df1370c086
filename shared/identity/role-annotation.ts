import { distance } from 'fastest-levenshtein';
import { STS_AUDIENCE } from './service-account.ts';

/** The annotation that gives a ServiceAccount its role (amazon-eks-pod-identity-webhook, README). */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';
/** The annotation that chooses the audience of its tokens. */
export const AUDIENCE_ANNOTATION = 'eks.amazonaws.com/audience';

/** What the annotations of a ServiceAccount, or of a pod, ask for. */
export type RoleAnnotation =
  /** No annotation, or an empty one, which the webhook takes for none: charts write it where no role is set. */
  | { readonly kind: 'none' }
  | { readonly kind: 'role'; readonly arn: string }
  /** The right key, and a value that is no ARN of a role of the cluster's partition. */
  | ({ readonly kind: 'invalid' } & Slip)
  /** A key that nothing reads, and that resembles the right one. */
  | ({ readonly kind: 'misspelt' } & Slip);

/** An annotation with a mistake in it. */
interface Slip {
  readonly key: string;
  readonly value: string;
  /** One clause that says what is wrong. */
  readonly words: string;
  /** ARN of the role that was probably meant, or null. */
  readonly meant: string | null;
}

type Annotations = Readonly<Record<string, string>> | undefined;

/** Reads the annotation as the webhook does, and recognizes what it would not. */
export function roleAnnotation(annotations: Annotations, partition: string): RoleAnnotation {
  const value = annotations?.[ROLE_ANNOTATION];
  if (value !== undefined && value !== '') {
    const wrong = wrongValue(value, partition);
    return wrong === null ? { kind: 'role', arn: value } : { kind: 'invalid', ...wrong };
  }
  for (const [key, other] of Object.entries(annotations ?? {}).sort()) {
    const words = key === ROLE_ANNOTATION ? null : misspeltKey(key, other);
    if (words === null) continue;
    return { kind: 'misspelt', key, value: other, words, meant: meantRole(other, partition) };
  }
  return { kind: 'none' };
}

/** The role that an annotation names, slips of the pen forgiven, or null. */
export function annotatedRole(annotation: RoleAnnotation): string | null {
  if (annotation.kind === 'none') return null;
  return annotation.kind === 'role' ? annotation.arn : annotation.meant;
}

/**
 * The audience of the tokens that the webhook mounts. An empty annotation asks for the API server's own (Kubernetes API,
 * ServiceAccountTokenProjection).
 */
export function audienceAnnotation(annotations: Annotations): string {
  const value = annotations?.[AUDIENCE_ANNOTATION] ?? STS_AUDIENCE;
  return value === '' ? 'https://kubernetes.default.svc' : value;
}

/** ARNs that the webhook accepts without a warning, their partition, account and name taken apart. */
const ROLE_ARN = /^arn:(aws[a-z0-9-]*):iam::(\d{12}):role\/([\w\-/.@+=,]+)$/;

function wrongValue(value: string, partition: string): Slip | null {
  const parts = ROLE_ARN.exec(value);
  if (parts !== null && parts[1] === partition && !value.endsWith('/')) return null;
  return {
    key: ROLE_ANNOTATION,
    value,
    words: wordsFor(value, parts, partition),
    meant: meantRole(value, partition),
  };
}

function wordsFor(value: string, parts: RegExpExecArray | null, partition: string): string {
  if (parts !== null && parts[1] !== partition)
    return `its partition is ${parts[1]} and the cluster's is ${partition}`;
  if (value.trim() !== value) return 'it begins or ends with white space';
  if (/^["'].*["']$/s.test(value)) return 'it has quotation marks around it';
  if (/[<>{}$]/.test(value)) return 'it holds a placeholder that was never filled in';
  if (/:assumed-role\//.test(value)) return 'it is the ARN of a session (assumed-role), not of the role';
  if (/:instance-profile\//.test(value)) return 'it is the ARN of an instance profile';
  if (/:(user|group|policy|oidc-provider)\//.test(value))
    return 'it is the ARN of something else than a role';
  if (!value.includes(':')) return 'it is a name, and the webhook wants the whole ARN';
  if (/^arn:[^:]*:iam:[^:]+:/.test(value)) return 'an ARN of IAM has no region';
  if (/^arn:[^:]*:iam::(?!\d{12}:)/.test(value)) return 'its account is not twelve digits';
  if (/:roles?[:/]?/i.test(value) && !value.includes(':role/')) return 'after the account comes role/';
  return 'it is no ARN of a role';
}

/** The ARN that a value becomes when the usual slips are mended, or null. A session's ARN does not show the role's path. */
function meantRole(value: string, partition: string): string | null {
  const text = value
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
  const parts = /^arn:aws[a-z0-9-]*:(?:iam|sts):[^:]*:(\d{12}):(.+)$/i.exec(text);
  const [, account = '', resource = ''] = parts ?? [];
  const session = /^assumed-role\/([^/]+)(?:\/.*)?$/.exec(resource);
  const name = session?.[1] ?? /^roles?[/:](.+?)\/?$/i.exec(resource)?.[1];
  if (parts === null || name === undefined) return null;
  const arn = `arn:${partition}:iam::${account}:role/${name}`;
  return ROLE_ARN.test(arn) ? arn : null;
}

/** Mistakes in the letters of a key that still make it probable that the right one was meant. */
const MOST_TYPOS = 4;
const LETTERS = lettersOf(ROLE_ANNOTATION);

/**
 * Says how a key misses the right one, or null when it is another's: kube2iam and kiam have `iam.amazonaws.com/role` on
 * pods. Only a value that looks like a role counts.
 */
function misspeltKey(key: string, value: string): string | null {
  if (!/\barn:aws[a-z0-9-]*:(iam|sts):/.test(value) || key === 'iam.amazonaws.com/role') return null;
  if (key.toLowerCase() === ROLE_ANNOTATION) return 'upper and lower case count in keys';
  const own = key.toLowerCase().startsWith('eks.amazonaws.com/');
  return own || distance(lettersOf(key), LETTERS) <= MOST_TYPOS ? `the key is ${ROLE_ANNOTATION}` : null;
}

function lettersOf(key: string): string {
  return key
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .slice(0, 80);
}
