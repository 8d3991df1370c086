import type { JSONWebKeySet } from 'jose';
import * as z from 'zod';

/** The public keys of an issuer. */
export type Keys = JSONWebKeySet;

/** Text that was fetched, or why it was not. */
export type Fetched =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Fetches a document of an issuer, with limits on time and size and without following redirects. Never rejects. */
export type Fetch = (url: string) => Promise<Fetched>;

/** Keys that an issuer publishes, or why they were not read here: that says little of what AWS reads. */
export type IssuerKeys =
  | { readonly kind: 'keys'; readonly keys: Keys; readonly from: string }
  | { readonly kind: 'unread'; readonly why: string };

const discoverySchema = z.looseObject({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });

/** Reads an issuer's keys by its discovery document (OpenID Connect Discovery 1.0, 4). Never rejects. */
export async function publishedKeys(issuer: string, fetch: Fetch): Promise<IssuerKeys> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await fetch(address);
  if (document.kind !== 'text') return unread(document.why);
  const discovery = discoverySchema.safeParse(jsonIn(document.text));
  if (!discovery.success) return unread(`${address} is no discovery document with issuer and jwks_uri`);
  if (discovery.data.issuer !== issuer)
    return unread(
      `${address} is about another issuer, ${JSON.stringify(discovery.data.issuer.slice(0, 300))}`,
    );
  const published = await fetch(discovery.data.jwks_uri);
  if (published.kind !== 'text') return unread(published.why);
  const keys = readKeys(published.text);
  if (keys === null)
    return unread(`${discovery.data.jwks_uri} is no set of public RSA or elliptic-curve keys`);
  return { kind: 'keys', keys, from: discovery.data.jwks_uri };
}

const unread = (why: string): IssuerKeys => ({ kind: 'unread', why: why.slice(0, 600) });

const MOST_KEYS = 100;

/** Members of public keys that a signature needs (RFC 7518, 6); private members are left behind. */
const keySchema = z.object({
  kty: z.enum(['RSA', 'EC']),
  kid: z.string().optional(),
  use: z.string().optional(),
  alg: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});
const keySetSchema = z.looseObject({ keys: z.array(z.unknown()).max(MOST_KEYS) });

/** The usable keys of a JSON Web Key Set, or null when it is none, or has none. */
export function readKeys(text: string): Keys | null {
  const set = keySetSchema.safeParse(jsonIn(text));
  const keys = (set.data?.keys ?? []).flatMap((key) => keySchema.safeParse(key).data ?? []);
  if (keys.length === 0) return null;
  const present = keys.map((key) => Object.entries(key).filter(([, value]) => value !== undefined));
  return { keys: present.map((entries) => ({ kty: '', ...Object.fromEntries(entries) })) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
