/** One OIDC provider that an Allow statement names, and what the two of them mean. */
import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import type { CompiledPolicy, CompiledStatement } from '../iam/compile.ts';
import { evaluate, type Outcome } from '../iam/evaluate.ts';
import type { PrincipalEntry } from '../iam/policy.ts';
import { annotatedWith } from './annotated.ts';
import { audienceWords } from './audience.ts';
import type { WebIdentity } from './claim-flaws.ts';
import { parseClaimKey } from './claim-key.ts';
import { requestOf } from './irsa-trust.ts';
import { type Issuer, parseIssuer, parseProviderArn } from './issuer.ts';
import { looksLikeEks, type ProviderStanding, type Standing, standingOf } from './issuer-standing.ts';
import { hasWildcard, STS_AUDIENCE } from './service-account.ts';
import { speaksOfServiceAccounts } from './web-identity-flaws.ts';

export interface Case {
  readonly compiled: CompiledStatement;
  readonly trust: CompiledPolicy;
  readonly role: RoleView;
  readonly estate: Estate;
  readonly entry: PrincipalEntry;
}

/** The cluster that an entry means, and the issuer that its tokens carry. */
export interface Meaning {
  readonly issuer: Issuer;
  readonly cluster?: ClusterView;
  readonly standing: Standing;
}

/** Which issuer the entry is about, or null when it is about no ServiceAccounts at all. */
export function meaningOf({ compiled, role, estate, entry }: Case): Meaning | null {
  const slash = entry.value.indexOf('oidc-provider/');
  const text = slash < 0 ? entry.value : entry.value.slice(slash + 'oidc-provider/'.length);
  if (slash < 0 && !looksLikeEks(parseIssuer(text))) return null;
  const standing = standingOf(text, role, estate);
  const own = parseIssuer(text);
  switch (standing.kind) {
    case 'live':
      return { issuer: own, cluster: standing.cluster, standing };
    case 'near':
      return { issuer: parseIssuer(standing.cluster.issuerKey ?? text), cluster: standing.cluster, standing };
    case 'former': {
      const old = role.account.providersByArn.has(entry.value);
      const gone = !old || estate.seesEveryCluster() || standing.certain;
      if (!gone) return { issuer: own, standing: { kind: 'unseen' } };
      return { issuer: parseIssuer(standing.cluster.issuerKey ?? text), cluster: standing.cluster, standing };
    }
    case 'unseen':
      return { issuer: own, standing };
    case 'other':
      return speaksOfServiceAccounts(compiled) && !speaksOfNeighbour(compiled, entry)
        ? { issuer: own, standing }
        : null;
  }
}

/** True when the condition keys go with another provider of the same statement: what they ask is none of this one's. */
function speaksOfNeighbour({ statement }: CompiledStatement, entry: PrincipalEntry): boolean {
  const issuers = new Set(statement.conditions.flatMap(({ key }) => parseClaimKey(key)?.issuer ?? []));
  const neighbours = (statement.principal?.entries ?? []).filter(({ value }) => value !== entry.value);
  return neighbours.some(({ value }) => {
    const provider = parseProviderArn(value);
    return provider !== null && issuers.has(provider.issuer.key.toLowerCase());
  });
}

export interface MeantAudience {
  readonly value: string;
  /** Not the audience of STS: right only for ServiceAccounts that are annotated with it. */
  readonly custom: boolean;
  /** True when the statement has a condition on it. */
  readonly asked: boolean;
  /** True when ServiceAccounts that are annotated with the role ask for it. */
  readonly seen: boolean;
}

/** The audience of the tokens that the statement means: that of STS unless it plainly asks for a custom one. */
export function audienceOf(at: Case, issuer: Issuer, provider: ProviderStanding): MeantAudience {
  const { compiled } = at;
  const key = `${issuer.key}:aud`.toLowerCase();
  const conditions = compiled.conditions.filter((condition) => condition.key === key);
  const asked = conditions.length > 0;
  const inUse = audienceInUse(at, issuer);
  if (inUse !== null) return { value: inUse, custom: inUse !== STS_AUDIENCE, asked, seen: true };
  const accepts = (audience: string) =>
    conditions.every(({ test }) => test([audience], () => 'unknown') !== 'no');
  if (!asked || accepts(STS_AUDIENCE)) return { value: STS_AUDIENCE, custom: false, asked, seen: false };
  const known = provider.kind === 'exists' ? provider.provider.clientIds : undefined;
  const written = conditions.flatMap(({ condition }) =>
    condition.values.filter((value) => !hasWildcard(value)),
  );
  const custom = (known ?? written).find((audience) => accepts(audience) && audienceWords(audience) === null);
  return custom === undefined
    ? { value: STS_AUDIENCE, custom: false, asked, seen: false }
    : { value: custom, custom: true, asked, seen: false };
}

/** The one audience of all ServiceAccounts of the issuer's cluster that are annotated with the role, or null. */
function audienceInUse({ role, estate }: Case, issuer: Issuer): string | null {
  const audiences = new Set(
    annotatedWith(role.role.arn, estate)
      .filter(({ cluster }) => cluster.issuerKey === issuer.key)
      .map(({ audience }) => audience),
  );
  const [only] = audiences;
  return only !== undefined && audiences.size === 1 ? only : null;
}

/** What the whole policy answers to a web identity. */
export function admits({ trust, role }: Case, identity: WebIdentity): Outcome {
  return evaluate(trust, requestOf(identity, role.role.arn)).outcome;
}
