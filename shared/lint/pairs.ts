import { parseIssuer } from '../identity/issuer.ts';
import type { Shown } from './shown.ts';
import { freshValue, holdsFresh } from './unresolved.ts';
import { writtenTrust } from './written-trust.ts';

/** An open provider (as ARN) and an open issuer that are taken for those of one cluster. */
export interface Pair {
  readonly provider: string;
  readonly issuer: string;
}

/**
 * The values that a template takes as two parameters though they are one thing: a policy's only federated principal, and the
 * only issuer that its condition keys name, both open. Were they of different clusters, nobody could assume the role.
 */
export function pairsOf(names: readonly string[], { roles }: Shown): Pair[] {
  const byValue = new Map(names.map((name) => [freshValue(name), name]));
  return roles.flatMap(({ trust }) => {
    const { provider, issuer } = halvesOf(trust.text);
    const pair = { provider: byValue.get(provider ?? ''), issuer: byValue.get(issuer ?? '') };
    return pair.provider === undefined || pair.issuer === undefined
      ? []
      : [{ provider: pair.provider, issuer: pair.issuer }];
  });
}

/**
 * Open values that the other half of a policy tells: of a policy's only federated principal and the only issuer of its
 * condition keys one is open and the other is written out. Were they of different clusters, nobody could assume the role.
 */
export function settledBy(
  names: readonly string[],
  home: string,
  { roles }: Shown,
): ReadonlyMap<string, string> {
  const byValue = new Map(names.map((name) => [freshValue(name), name]));
  const found = roles.flatMap(({ trust }) => {
    const { provider, issuer } = halvesOf(trust.text);
    if (provider === null || issuer === null) return [];
    const [, whose] = /^arn:[^:]*:iam::[^:]*:oidc-provider\/(.+)$/.exec(provider) ?? [];
    const [whole, part, key] = [byValue.get(provider), byValue.get(whose ?? ''), byValue.get(issuer)];
    if (whole !== undefined && isWritten(issuer))
      return [[whole, `${home}:oidc-provider/${issuer}`] as const];
    if (part !== undefined && isWritten(issuer)) return [[part, issuer] as const];
    return key !== undefined && whose !== undefined && isWritten(whose) ? [[key, whose] as const] : [];
  });
  // What two policies tell differently is not told.
  const values = Map.groupBy(found, ([name]) => name);
  return new Map(
    [...values].flatMap(([name, all]) => {
      const [value, ...others] = new Set(all.map(([, one]) => one));
      return value === undefined || others.length > 0 ? [] : [[name, value] as const];
    }),
  );
}

/** Written out, and an issuer of EKS: of any other it is not known how its keys are called. */
const isWritten = (issuer: string): boolean => !holdsFresh(issuer) && parseIssuer(issuer).eks !== undefined;

/** A policy's only federated principal, and the only issuer that its condition keys name. */
function halvesOf(text: string): { readonly provider: string | null; readonly issuer: string | null } {
  const { principals, conditions } = writtenTrust(text);
  const [provider, ...otherProviders] = new Set(
    principals.filter(({ kind }) => kind === 'Federated').map(({ value }) => value),
  );
  const [issuer, ...otherIssuers] = new Set(
    conditions.flatMap(({ key }) => /^(.+):(?:sub|aud)$/i.exec(key)?.[1] ?? []),
  );
  return {
    provider: otherProviders.length > 0 ? null : (provider ?? null),
    issuer: otherIssuers.length > 0 ? null : (issuer ?? null),
  };
}

/** What the other of a pair is when one has a value; a principal that is no provider of OIDC says nothing of an issuer. */
export function alongWith(
  name: string,
  value: string,
  home: string,
  pairs: readonly Pair[],
): (readonly [string, string])[] {
  const issuerIn = /:oidc-provider\/(.+)$/.exec(value)?.[1];
  return pairs.flatMap(({ provider, issuer }): (readonly [string, string])[] => {
    if (name === issuer) return [[provider, `${home}:oidc-provider/${value}`]];
    return name === provider && issuerIn !== undefined ? [[issuer, issuerIn]] : [];
  });
}
