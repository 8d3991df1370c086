import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Approver } from '../../changes/guards/approval.ts';
import { type AwsCredentials, stsHost } from '../../kube/token.ts';
import { NotAnApproverError } from '../../pipeline/repair/errors.ts';

/**
 * Who decides, proved by AWS: a presigned GetCallerIdentity with the decision in a signed header, as
 * aws-iam-authenticator does it with the cluster's name. It says who its maker is for this one decision, and can be used
 * for nothing else; what is handed over is the query alone, so that nobody can make podtrust call another host.
 */

const HEADER = 'x-podtrust-decision';
const SECONDS = 300;

/** Where STS is asked: https and the regional host, or an endpoint that the environment names. */
export interface StsPlace {
  readonly region: string;
  readonly partition: string;
  /** `AWS_ENDPOINT_URL_STS` or `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string | undefined;
}

function originOf({ region, partition, endpoint }: StsPlace): URL {
  return new URL(endpoint ?? `https://${stsHost({ region, partition })}`);
}

/** What is decided about what, as the signed header holds it. */
export function decisionText(digest: string, verdict: 'approved' | 'rejected'): string {
  return `${verdict}:${digest}`;
}

/** The query of a presigned GetCallerIdentity that proves whose decision this is, for five minutes. */
export async function callerProof(
  credentials: AwsCredentials,
  place: StsPlace,
  decision: string,
  now: Date,
): Promise<string> {
  const origin = originOf(place);
  const signer = new SignatureV4({
    service: 'sts',
    region: place.region,
    sha256: Hash.bind(null, 'sha256'),
    credentials,
  });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: origin.protocol,
      hostname: origin.hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: origin.host, [HEADER]: decision },
    },
    { expiresIn: SECONDS, signingDate: now, signableHeaders: new Set(['host', HEADER]) },
  );
  return Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
}

const KNOWN = new Set([
  'Action',
  'Version',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Content-Sha256',
]);

/** Asks STS whose signature a proof has. Throws NotAnApproverError for anything but a fresh proof of this decision. */
export async function readCallerProof(
  query: string,
  place: StsPlace,
  decision: string,
  { fetch, now }: { readonly fetch: typeof globalThis.fetch; readonly now: Date },
): Promise<Approver> {
  const problem = problemOf(new URLSearchParams(query), now);
  if (problem !== null) throw new NotAnApproverError(`The proof of who decides is refused: ${problem}.`);
  const response = await fetch(`${originOf(place).origin}/?${query}`, {
    headers: { accept: 'application/json', [HEADER]: decision },
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (response.status >= 400 && response.status < 500)
    throw new NotAnApproverError('AWS STS refuses the proof of who decides: sign in anew, and decide again.');
  if (!response.ok) throw new Error(`AWS STS answers ${response.status}.`);
  return approverIn(text);
}

function problemOf(parameters: URLSearchParams, now: Date): string | null {
  const names = [...parameters.keys()];
  if (new Set(names).size !== names.length) return 'a parameter is there twice';
  const odd = names.find((name) => !KNOWN.has(name));
  if (odd !== undefined) return 'it has a parameter that does not belong there';
  if (parameters.get('Action') !== 'GetCallerIdentity') return 'it is no GetCallerIdentity';
  const signed = (parameters.get('X-Amz-SignedHeaders') ?? '').split(';');
  if (!signed.includes('host') || !signed.includes(HEADER)) return 'the decision is not signed';
  const seconds = Number(parameters.get('X-Amz-Expires'));
  if (!(seconds > 0 && seconds <= SECONDS)) return 'it would be good for too long';
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(parameters.get('X-Amz-Date') ?? '');
  if (date === null) return 'it has no date';
  const [, year, month, day, hour, minute, second] = date;
  const age = now.getTime() - Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Math.abs(age) <= SECONDS * 1000 ? null : 'it is not from now';
}

/** The answer as JSON, which STS gives to whoever accepts it, or as XML. */
function approverIn(text: string): Approver {
  const field = (name: string) =>
    new RegExp(`"${name}"\\s*:\\s*"([^"]{1,2048})"|<${name}>([^<]{1,2048})</${name}>`)
      .exec(text)
      ?.slice(1)
      .find((part) => part !== undefined);
  const [arn, account, userId] = [field('Arn'), field('Account'), field('UserId')];
  if (arn === undefined || account === undefined || userId === undefined)
    throw new Error('The answer to GetCallerIdentity is not understood.');
  return { arn, account, userId };
}
