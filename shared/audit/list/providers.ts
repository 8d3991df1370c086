import type { AccountView, Estate } from '../../estate/estate.ts';
import { parseProviderArn } from '../../identity/issuer.ts';
import { webDoors } from '../../rules/doors/web-door.ts';
import { compareText } from '../order.ts';
import { type ListFilter, unknownAt } from './filter.ts';
import { LIST_VERSION, type ListOf, type RowOf } from './report.ts';

/** Every IAM OIDC provider of an EKS issuer or of a cluster that was read, whose it is and how many roles name it. */
export function listProviders(estate: Estate, filter: ListFilter): ListOf<'providers'> {
  const accounts = [...estate.accounts.values()];
  const rows = accounts
    .flatMap((account) => rowsOf(account, estate, filter))
    .sort((a, b) => compareText(a.provider, b.provider));
  const unknowns = accounts.flatMap((account) => unknownAt(account.id, account.missing('oidcProviders')));
  return { schemaVersion: LIST_VERSION, kind: 'providers', rows, unknowns };
}

function rowsOf(account: AccountView, estate: Estate, filter: ListFilter): RowOf<'providers'>[] {
  return [...account.providersByArn.values()].flatMap((provider) => {
    const issuer = parseProviderArn(provider.arn)?.issuer;
    if (issuer === undefined) return [];
    const cluster = estate.clustersByIssuer.get(issuer.key)?.[0] ?? null;
    if (issuer.eks === undefined && cluster === null) return [];
    if (filter.cluster !== undefined && cluster !== filter.cluster) return [];
    const naming = account.roles.filter((role) =>
      webDoors(role, estate).some(({ providerArn }) => providerArn === provider.arn),
    );
    if (filter.role !== undefined && !naming.some(({ role }) => role.arn === filter.role)) return [];
    return [
      {
        account: account.id,
        provider: provider.arn,
        issuer: issuer.key,
        audiences: provider.clientIds ?? null,
        cluster: cluster?.cluster.arn ?? null,
        roles: naming.length,
      },
    ];
  });
}
