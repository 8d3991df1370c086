import type { Account, Cluster, Role } from '../estate/snapshot.ts';
import { issuerKey, parseIssuer, parseProviderArn } from '../identity/issuer.ts';
import { looksLikeEks } from '../identity/issuer-standing.ts';
import { isIssuer, issuerOfUrl } from '../triggers/issuers.ts';
import { roleOfArn } from '../triggers/names.ts';
import { findRole } from './judge-scope.ts';
import type { Scope } from './scope.ts';

/** Names of things that verdicts in several accounts can hang on, `issuer <issuer>` and `role <account>/<name>`. */
export type Subject = string;

const ofIssuer = (issuer: string): Subject => `issuer ${issuer}`;
const ofRole = (account: string, role: string): Subject => `role ${account}/${role.toLowerCase()}`;

/** What ties an account to others: issuers that it has as clusters or trusts as providers, and roles elsewhere that its clusters name. */
export function relationsOf(account: Account): readonly Subject[] {
  const clusters = clustersOf(account);
  const issuers = [
    ...clusters.flatMap(({ issuer }) => (issuer === undefined ? [] : [issuerKey(issuer)])),
    ...(account.oidcProviders ?? []).flatMap(({ arn }) => {
      const parsed = parseProviderArn(arn);
      return parsed !== null && looksLikeEks(parsed.issuer) ? [parsed.issuer.key] : [];
    }),
  ].filter(isIssuer);
  const roles = clusters.flatMap(principalsOf).flatMap((arn) => {
    const role = roleOfArn(arn);
    return role === undefined || role.account === account.id ? [] : [ofRole(role.account, role.roleName)];
  });
  return [...new Set([...issuers.map(ofIssuer), ...roles])].sort();
}

/** What the scopes of an account hang on: other accounts that have it are to be read, too. */
export function hangsOn(account: Account, scopes: readonly Scope[]): readonly Subject[] {
  const own = new Set(
    clustersOf(account).flatMap(({ issuer }) => (issuer === undefined ? [] : [issuerKey(issuer)])),
  );
  return [...new Set(scopes.flatMap((scope) => subjectsOf(scope, account, own)))].sort();
}

/** `own`: the issuers of the account's clusters, for which no other account has to be asked. */
function subjectsOf(scope: Scope, account: Account, own: ReadonlySet<string>): readonly Subject[] {
  switch (scope.kind) {
    case 'role': {
      const role = findRole(account.roles ?? [], scope);
      const foreign = role === undefined ? [] : trustedIssuers(role).filter((issuer) => !own.has(issuer));
      return [ofRole(scope.account, scope.role), ...foreign.map(ofIssuer)];
    }
    case 'issuer':
      return [ofIssuer(scope.issuer)];
    case 'cluster': {
      const issuer = clusterOf(account, scope)?.issuer;
      return issuer === undefined ? [] : [ofIssuer(issuerKey(issuer))];
    }
    case 'policy':
    case 'account':
      return [];
  }
}

/** The accounts that the scopes' own clusters name directly: those of target roles and of principals with access. */
export function namedAccounts(account: Account, scopes: readonly Scope[]): readonly string[] {
  const named = scopes
    .filter((scope) => scope.kind === 'cluster')
    .flatMap((scope) => {
      const cluster = clusterOf(account, scope);
      return cluster === undefined ? [] : principalsOf(cluster);
    })
    .flatMap((arn) => roleOfArn(arn)?.account ?? []);
  return [...new Set(named)].filter((id) => id !== account.id).sort();
}

function clustersOf(account: Account): readonly Cluster[] {
  return (account.regions ?? []).flatMap(({ clusters = [] }) => clusters);
}

function clusterOf(account: Account, { region, cluster }: { region: string; cluster: string }) {
  return account.regions?.find(({ name }) => name === region)?.clusters?.find(({ name }) => name === cluster);
}

/** The roles that a cluster hands out or lets in. */
function principalsOf({ podIdentityAssociations = [], accessEntries = [] }: Cluster): readonly string[] {
  return [
    ...podIdentityAssociations.flatMap(({ targetRoleArn }) => targetRoleArn ?? []),
    ...accessEntries.map(({ principalArn }) => principalArn),
  ];
}

/** The most of a text that is searched for providers: twice the longest trust policy. */
const LONGEST_SEARCHED = 20_000;
const MOST_ISSUERS = 50;

/** EKS issuers that a trust policy names, however it is written: what is found too much only makes a read wider. */
function trustedIssuers({ trustPolicy }: Role): readonly string[] {
  const found = trustPolicy
    .slice(0, LONGEST_SEARCHED)
    // JSON may write a slash as \/, and IAM keeps policies as they were written.
    .replaceAll('\\/', '/')
    .matchAll(/:oidc-provider\/([\w.-]+(?:\/[\w.~/+=@-]*)?)/g);
  const issuers = new Set<string>();
  for (const [, name = ''] of found) {
    const issuer = issuerOfUrl(`https://${name}`);
    if (issuer !== undefined && looksLikeEks(parseIssuer(issuer))) issuers.add(issuer);
    if (issuers.size === MOST_ISSUERS) break;
  }
  return [...issuers];
}
