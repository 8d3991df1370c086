import { base64url } from 'jose';
import * as z from 'zod';

/** STS takes no longer one (STS API reference, AssumeRoleWithWebIdentity: WebIdentityToken). */
export const MOST_CHARACTERS = 20_000;
/** Longest text of a claim that is repeated. */
const MOST_TEXT = 1024;
/** Most audiences, and most names of other claims, that are repeated. */
const MOST_LISTED = 20;

/** What a token's header says; null where it says nothing, or nothing that is text. */
interface TokenHeader {
  readonly alg: string | null;
  readonly kid: string | null;
  readonly typ: string | null;
}

/** The claims of a ServiceAccount's token; null where it lacks them, or has them in another type. Times are seconds since 1970. */
export interface Claims {
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly audiences: readonly string[];
  readonly issued: number | null;
  readonly notBefore: number | null;
  readonly expires: number | null;
  /** Whom Kubernetes made it for (KEP-1205); null in tokens of others. */
  readonly kubernetes: KubernetesClaims | null;
  /** Names of all other claims: their values are not repeated. */
  readonly others: readonly string[];
}

/** The claim `kubernetes.io`. */
interface KubernetesClaims {
  readonly namespace: string | null;
  readonly serviceAccount: string | null;
  readonly pod: string | null;
  readonly node: string | null;
}

/** A token without its signature. */
export interface Token {
  readonly header: TokenHeader;
  readonly claims: Claims;
}

/** A text read as a signed JSON Web Token, or why it is none; `why` repeats nothing of it. */
export type ReadToken =
  | { readonly kind: 'token'; readonly token: Token }
  | { readonly kind: 'malformed'; readonly why: string };

/** Reads a token of the compact form `header.payload.signature`. Never throws; verifies nothing. */
export function readToken(text: string): ReadToken {
  if (text === '') return malformed('it is empty');
  if (text.length > MOST_CHARACTERS) return malformed(`it is longer than ${MOST_CHARACTERS} characters`);
  const parts = text.split('.');
  if (parts.length === 5) return malformed('it is encrypted (five parts), and STS takes signed ones alone');
  if (parts.length !== 3) return malformed('it has not the three parts of a signed token');
  if (!parts.every((part) => BASE64URL.test(part))) return malformed('a part of it is not base64url');
  const [header, payload] = parts.map(objectIn);
  if (header === null || header === undefined) return malformed('its header is no JSON object');
  if (payload === null || payload === undefined) return malformed('its payload is no JSON object');
  return { kind: 'token', token: { header: headerOf(header), claims: claimsOf(payload) } };
}

const malformed = (why: string): ReadToken => ({ kind: 'malformed', why });

/** The alphabet without padding (RFC 7515, 2). */
const BASE64URL = /^[A-Za-z0-9_-]*$/;

type Members = ReadonlyMap<string, unknown>;

function objectIn(part: string): Members | null {
  try {
    const value: unknown = JSON.parse(UTF_8.decode(base64url.decode(part)));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return new Map(Object.entries(value));
  } catch {
    return null;
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

const text = (value: unknown): string | null =>
  typeof value === 'string' ? value.slice(0, MOST_TEXT) : null;

const seconds = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

function headerOf(header: Members): TokenHeader {
  return { alg: text(header.get('alg')), kid: text(header.get('kid')), typ: text(header.get('typ')) };
}

/** Claims that are shown with their values. */
const SHOWN: ReadonlySet<string> = new Set(['iss', 'sub', 'aud', 'iat', 'nbf', 'exp', 'kubernetes.io']);

function claimsOf(payload: Members): Claims {
  const names = [...payload.keys()].filter((name) => !SHOWN.has(name));
  return {
    issuer: text(payload.get('iss')),
    subject: text(payload.get('sub')),
    audiences: audiencesOf(payload.get('aud')),
    issued: seconds(payload.get('iat')),
    notBefore: seconds(payload.get('nbf')),
    expires: seconds(payload.get('exp')),
    kubernetes: kubernetesOf(payload.get('kubernetes.io')),
    others: names.slice(0, MOST_LISTED).map((name) => name.slice(0, 80)),
  };
}

function audiencesOf(value: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.flatMap((one) => text(one) ?? []).slice(0, MOST_LISTED);
}

const named = z.object({ name: z.string() }).nullish().catch(null);
const kubernetesClaim = z.object({
  namespace: z.string().nullish().catch(null),
  serviceaccount: named,
  pod: named,
  node: named,
});

function kubernetesOf(value: unknown): KubernetesClaims | null {
  const claim = kubernetesClaim.safeParse(value).data;
  if (claim === undefined) return null;
  return {
    namespace: text(claim.namespace),
    serviceAccount: text(claim.serviceaccount?.name),
    pod: text(claim.pod?.name),
    node: text(claim.node?.name),
  };
}

/** Seconds since 1970 as an ISO time, or null for what is no date. */
export function isoOf(at: number | null): string | null {
  if (at === null) return null;
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
