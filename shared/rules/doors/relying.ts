import type { AccountView, ClusterView, Estate, Missing } from '../../estate/estate.ts';
import { parseArn } from '../../iam/arn.ts';
import { type AnnotatedWithRole, annotatedIn, asksForRole } from '../../identity/annotated.ts';
import type { Fault } from '../../identity/fault.ts';
import { parseIssuer, providerArnFor } from '../../identity/issuer.ts';
import { providerIn } from '../../identity/issuer-standing.ts';
import { providerWords } from '../../identity/provider-repair.ts';
import { roleStanding } from '../../identity/role-standing.ts';
import { STS_AUDIENCE } from '../../identity/service-account.ts';
import type { Scope } from '../scope.ts';
import { hasApiServer } from './api-server.ts';

/** What relies on the issuer of a cluster without the help of any trust policy: an annotated ServiceAccount, or an add-on. */
export interface Relying {
  readonly cluster: ClusterView;
  readonly issuerKey: string;
  /** The account of the role, in which the provider must be. */
  readonly account: AccountView;
  readonly roleArn: string;
  readonly audience: string;
  /** Absent for add-ons. */
  readonly annotated?: AnnotatedWithRole;
  readonly addon?: string;
}

const known = new WeakMap<Scope, readonly Relying[]>();

/**
 * Everything that relies on the issuer of its cluster for a role of an account in scope, wherever the cluster is; with a
 * focus what its cluster has, where the role's account was read.
 */
export function relyingIn(scope: Scope): readonly Relying[] {
  let found = known.get(scope);
  if (found === undefined) {
    const { focused, accounts, clusters, estate } = scope;
    const mine = focused ? estate.accounts : new Map(accounts.map((account) => [account.id, account]));
    found = (focused ? clusters : estate.clusters).flatMap((cluster) => relyingOn(cluster, mine, estate));
    known.set(scope, found);
  }
  return found;
}

function relyingOn(
  cluster: ClusterView,
  accounts: ReadonlyMap<string, AccountView>,
  estate: Estate,
): Relying[] {
  const { issuerKey } = cluster;
  if (issuerKey === null || !hasApiServer(cluster)) return [];
  const accountOf = (arn: string) => accounts.get(parseArn(arn)?.account ?? '');
  const associationsRead = cluster.missing('podIdentityAssociations') === null;
  const annotated = annotatedIn(cluster).filter(asksForRole);
  return [
    ...(associationsRead ? annotated : []).flatMap((one): Relying[] => {
      const { audience, annotation } = one;
      const account = accountOf(annotation.arn);
      // A role that is not there relies on nothing: no-missing-annotated-role.
      if (account === undefined || roleStanding(annotation.arn, estate).kind === 'absent') return [];
      return [{ cluster, issuerKey, account, roleArn: annotation.arn, audience, annotated: one }];
    }),
    ...(cluster.cluster.addons ?? []).flatMap(
      ({ name, serviceAccountRoleArn: roleArn, podIdentityAssociations }): Relying[] => {
        const account = roleArn === undefined ? undefined : accountOf(roleArn);
        // With associations the role of the ServiceAccount does not count (EKS API reference, CreateAddon).
        if (roleArn === undefined || account === undefined || (podIdentityAssociations ?? []).length > 0)
          return [];
        return [{ cluster, issuerKey, account, roleArn, audience: STS_AUDIENCE, addon: name }];
      },
    ),
  ];
}

/** The fault of the provider that keeps one of them out, whatever the trust policy of its role says, or null. */
export function providerFault(relying: Relying): Fault | null {
  const { cluster, issuerKey, account, audience } = relying;
  const arn = providerArnFor(account.partition, account.id, issuerKey);
  if (account.providersByArn.get(arn)?.clientIds?.includes(audience) === true) return null;
  const provider = providerIn(issuerKey, account);
  const wanted = { issuer: parseIssuer(issuerKey), provider: arn, audience, subject: '' };
  const words = providerWords(wanted, provider, account);
  const fault = { statement: null, cluster, consequences: [] };
  if (provider.kind === 'absent') {
    const near =
      provider.near === null
        ? ''
        : ` A near miss exists: ${provider.near.arn} (${provider.near.miss.words}).`;
    return {
      ...fault,
      rule: 'use-iam-oidc-provider',
      detail: `Cluster ${cluster.cluster.name} has the issuer ${issuerKey}, and account ${account.id} has no IAM OIDC provider for it.${near}`,
      evidence: { issuer: issuerKey },
      identity: `${issuerKey} ${arn}`,
      repair: words === null ? null : { text: words },
    };
  }
  const clientIds = provider.kind === 'exists' ? provider.provider.clientIds : undefined;
  if (clientIds === undefined || clientIds.includes(audience)) return null;
  const has = clientIds.length === 0 ? 'no audience at all' : clientIds.join(', ');
  const own = audience !== STS_AUDIENCE;
  return {
    ...fault,
    rule: 'use-sts-audience',
    detail: `The provider ${arn} accepts ${has}, and the tokens carry ${audience}.`,
    evidence: { issuer: issuerKey, ...(own ? { audience } : {}) },
    identity: `${issuerKey} ${audience}`,
    repair: own ? { text: ownAudienceWords(audience) } : words === null ? null : { text: words },
  };
}

/** The read that would tell whether the provider takes the tokens, or null when that is known. */
export function providerUnread({ issuerKey, account }: Relying): Missing | null {
  const provider = providerIn(issuerKey, account);
  if (provider.kind === 'unread') return provider.missing;
  if (provider.kind === 'absent' || provider.provider.clientIds !== undefined) return null;
  const reason = `the audiences of ${provider.provider.arn} were not read`;
  return { read: 'iam:GetOpenIDConnectProvider', reason };
}

/** Tokens for an audience of one's own are handed to others, who could then use them at STS. */
function ownAudienceWords(audience: string): string {
  return `The annotation eks.amazonaws.com/audience asks for tokens for ${audience}: remove it where they are meant for STS. Let the provider accept ${audience} only where nobody else is given such tokens.`;
}
