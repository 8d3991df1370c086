import type { AccountView, Estate, RoleView } from '../../estate/estate.ts';
import type { OidcProvider } from '../../estate/snapshot.ts';
import { type Issuer, parseProviderArn } from '../../identity/issuer.ts';
import { isPositive } from './subject-shape.ts';
import { type WebDoor, webDoors } from './web-door.ts';

/** True for an issuer of EKS: by its shape, or because a cluster of the estate has it. */
function isEksIssuer(issuer: Issuer, estate: Estate): boolean {
  return issuer.eks !== undefined || estate.clustersByIssuer.has(issuer.key);
}

/** A provider of an account for an issuer of EKS. */
export interface EksProvider {
  readonly account: AccountView;
  readonly provider: OidcProvider;
  readonly issuer: Issuer;
}

/** The providers of some accounts that are for issuers of EKS; those for GitHub and others are no one's business here. */
export function eksProvidersOf(accounts: readonly AccountView[], estate: Estate): EksProvider[] {
  return accounts.flatMap((account) =>
    (account.account.oidcProviders ?? []).flatMap((provider) => {
      const issuer = parseProviderArn(provider.arn)?.issuer;
      return issuer !== undefined && isEksIssuer(issuer, estate) ? [{ account, provider, issuer }] : [];
    }),
  );
}

/** A role that trusts a provider: the audiences that it names, and whether some statement takes any. */
export interface TrustOfProvider {
  readonly role: RoleView;
  readonly audiences: readonly string[];
  readonly anyAudience: boolean;
}

const trusts = new WeakMap<AccountView, ReadonlyMap<string, readonly TrustOfProvider[]>>();

/** The roles of an account by the EKS provider that they trust. */
export function trustOfProvider(
  account: AccountView,
  estate: Estate,
): ReadonlyMap<string, readonly TrustOfProvider[]> {
  let byProvider = trusts.get(account);
  if (byProvider === undefined) {
    byProvider = indexTrust(account, estate);
    trusts.set(account, byProvider);
  }
  return byProvider;
}

function indexTrust(account: AccountView, estate: Estate): Map<string, TrustOfProvider[]> {
  const byProvider = new Map<string, TrustOfProvider[]>();
  for (const role of account.roles) {
    for (const door of webDoors(role, estate)) {
      const trust = { role, audiences: namedAudiences(door), anyAudience: takesAnyAudience(door) };
      const list = byProvider.get(door.providerArn);
      if (list === undefined) byProvider.set(door.providerArn, [trust]);
      else list.push(trust);
    }
  }
  return byProvider;
}

function namedAudiences(door: WebDoor): string[] {
  return door.statements.flatMap(({ audience }) =>
    audience.filter(isPositive).flatMap(({ values }) => values),
  );
}

function takesAnyAudience(door: WebDoor): boolean {
  return door.statements.some(({ audience }) => !audience.some(isPositive));
}
