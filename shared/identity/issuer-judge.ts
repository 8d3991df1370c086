import type { Estate, RoleView } from '../estate/estate.ts';
import type { CompiledStatement } from '../iam/compile.ts';
import type { PrincipalEntry } from '../iam/policy.ts';
import type { WebIdentity } from './claim-flaws.ts';
import type { TrustRule } from './fault.ts';
import type { Flaw } from './flaw.ts';
import { type Issuer, parseIssuer } from './issuer.ts';
import { looksLikeEks } from './issuer-standing.ts';
import { issuerNearMiss } from './near-issuer.ts';
import { type IssuerJudge, speaksOfServiceAccounts } from './web-identity-flaws.ts';

/** The judge for a role of an estate: knows which issuers belong to live clusters and which providers exist. */
export function issuerJudge(role: RoleView, estate: Estate): IssuerJudge {
  const world: World = { role, estate };
  return {
    principal: (compiled, wanted) => {
      const flaws = (compiled.statement.principal?.entries ?? []).flatMap(
        (entry) => entryFlaw(entry, compiled, wanted, world) ?? [],
      );
      return flaws.sort((a, b) => a.weight - b.weight)[0] ?? null;
    },
    key: (issuer, wanted) => keyWords(issuer, wanted, world),
  };
}

interface World {
  readonly role: RoleView;
  readonly estate: Estate;
}

const PROVIDER = /^arn:([^:]*):iam::([^:]*):oidc-provider\/(.*)$/s;

function entryFlaw(
  entry: PrincipalEntry,
  compiled: CompiledStatement,
  wanted: WebIdentity,
  world: World,
): Flaw | null {
  const parts = PROVIDER.exec(entry.value);
  const text = parts?.[3] ?? entry.value;
  const flaw = (rule: TrustRule | null, weight: number, detail: string): Flaw => ({
    aspect: 'principal',
    rule,
    detail,
    pointer: entry.pointer,
    value: entry.value,
    weight,
    edits:
      rule === null
        ? []
        : [{ kind: 'replace-value', pointer: entry.pointer, from: entry.value, to: wanted.provider }],
  });
  if (parts === null || entry.kind !== 'Federated') {
    if (parseIssuer(text).key !== wanted.issuer.key) return null;
    return flaw(
      'no-unknown-provider',
      1,
      `"${entry.value}" is not named as an IAM OIDC provider: Federated takes the ARN ${wanted.provider}.`,
    );
  }
  const [, partition = '', account = ''] = parts;
  const written = parseIssuer(text);
  if (written.key === wanted.issuer.key || issuerNearMiss(text, wanted.issuer) !== null) {
    const words = nearWords(text, partition, account, wanted);
    const exists = world.role.account.providersByArn.has(entry.value);
    return flaw(
      exists ? 'no-stale-issuer' : 'no-unknown-provider',
      1,
      `The trust policy names ${entry.value}, and the provider of the cluster is ${wanted.provider}: ${words}.`,
    );
  }
  return otherIssuerFlaw(written, compiled, wanted, world, entry, flaw);
}

/** What differs between an ARN and the right one, all of it. */
function nearWords(text: string, partition: string, account: string, wanted: WebIdentity): string {
  const [, rightPartition = '', rightAccount = ''] = PROVIDER.exec(wanted.provider) ?? [];
  const issuer = issuerNearMiss(text, wanted.issuer);
  return [
    ...(partition === rightPartition
      ? []
      : [`the partition is ${partition} where the role is in ${rightPartition}`]),
    ...(account === rightAccount ? [] : [`the account is ${account} where the role is in ${rightAccount}`]),
    ...(issuer === null ? [] : [issuer.words]),
  ].join(', and ');
}

/** A provider of another issuer altogether: another cluster's, a former cluster's, or another identity provider's. */
function otherIssuerFlaw(
  written: Issuer,
  compiled: CompiledStatement,
  wanted: WebIdentity,
  { role, estate }: World,
  entry: PrincipalEntry,
  flaw: (rule: TrustRule | null, weight: number, detail: string) => Flaw,
): Flaw | null {
  const other = estate.clustersByIssuer.get(written.key)?.[0];
  if (other !== undefined) {
    return flaw(
      null,
      7,
      `The trust policy names the issuer of cluster ${other.cluster.name} (${written.key}), not ${wanted.issuer.key}.`,
    );
  }
  const absent =
    !role.account.providersByArn.has(entry.value) && role.account.missing('oidcProviders') === null;
  if (looksLikeEks(written)) {
    const sameRegion = written.eks === undefined || written.eks.region === wanted.issuer.eks?.region;
    const words = `The trust policy names the issuer ${written.key}, which no cluster that was read has; the cluster has ${wanted.issuer.key}`;
    if (sameRegion) return flaw('no-stale-issuer', 3, `${words}. It is probably that of a former cluster.`);
    return flaw(absent ? 'no-unknown-provider' : null, 6, `${words}.`);
  }
  if (!speaksOfServiceAccounts(compiled)) return null;
  return flaw(
    absent ? 'no-unknown-provider' : null,
    5,
    `The trust policy names the issuer ${written.key}; the cluster has ${wanted.issuer.key}.`,
  );
}

function keyWords(
  issuer: string,
  wanted: WebIdentity,
  { role, estate }: World,
): { rule: TrustRule; words: string } {
  const mismatch = (words: string) => ({ rule: 'no-mismatched-condition-key' as const, words });
  if (/[<>{}$]/.test(issuer)) return mismatch('it holds a placeholder that was never filled in');
  const near = issuerNearMiss(issuer, parseIssuer(wanted.issuer.key.toLowerCase()));
  if (near !== null) return mismatch(near.words);
  const same = (key: string) => key.toLowerCase() === issuer;
  estate.asked.issuer(issuer, false);
  const other = estate.clusters.find(({ issuerKey }) => issuerKey !== null && same(issuerKey));
  if (other !== undefined) return mismatch(`it carries the issuer of cluster ${other.cluster.name}`);
  const leftOver = [...role.account.providersByIssuer.keys()].some(same);
  if (leftOver && looksLikeEks(parseIssuer(issuer)) && estate.seesEveryCluster()) {
    return { rule: 'no-stale-issuer', words: 'it carries the issuer of a cluster that is gone' };
  }
  return mismatch("it carries another issuer than the statement's provider");
}
