import type { Shown } from './shown.ts';
import { freshValue } from './unresolved.ts';
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
    const { principals, conditions } = writtenTrust(trust.text);
    const [provider, ...otherProviders] = new Set(
      principals.filter(({ kind }) => kind === 'Federated').map(({ value }) => value),
    );
    const [issuer, ...otherIssuers] = new Set(
      conditions.flatMap(({ key }) => /^(.+):(?:sub|aud)$/i.exec(key)?.[1] ?? []),
    );
    if (otherProviders.length > 0 || otherIssuers.length > 0) return [];
    const pair = { provider: byValue.get(provider ?? ''), issuer: byValue.get(issuer ?? '') };
    return pair.provider === undefined || pair.issuer === undefined
      ? []
      : [{ provider: pair.provider, issuer: pair.issuer }];
  });
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
