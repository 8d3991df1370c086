import type { ClusterView } from '../estate/estate.ts';
import { AUDIENCE_ANNOTATION } from '../identity/role-annotation.ts';
import { STS_AUDIENCE } from '../identity/service-account.ts';
import { defineRule } from './define-rule.ts';
import { eksProvidersOf, trustOfProvider } from './doors/providers.ts';
import { estateExample, provider, role } from './examples/estate.ts';
import { OIDC_PROVIDER } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';

/**
 * Audiences of a cluster's provider that no trust policy names, and that, as far as Kubernetes was read, no ServiceAccount
 * and no pod asks for. An audience that a trust policy names is taken as wanted.
 */
export default defineRule({
  number: 'PT-003',
  name: 'no-extra-audience',
  kind: 'open',
  fix: 'manual',
  title: 'The provider accepts an audience that no trust policy names',
  why: 'Each audience on the list is another kind of token that opens every role whose trust policy does not ask for one. Tokens for other audiences are handed to other systems, which can then use them here.',
  remedy:
    'If no ServiceAccount asks for it (annotation `eks.amazonaws.com/audience`), remove it: `aws iam remove-client-id-from-open-id-connect-provider`.',
  references: [OIDC_PROVIDER],
  examples: () => {
    const extra = provider({ clientIds: ['sts.amazonaws.com', 'vault'] });
    const sound = provider();
    return {
      fails: estateExample(
        'vault is accepted and used by no role',
        { oidcProviders: [extra], roles: [role()] },
        extra,
      ),
      passes: estateExample('The one audience of EKS', { oidcProviders: [sound], roles: [role()] }, sound),
    };
  },
  needs: ['oidcProviders'],
  subjects: (scope) =>
    eksProvidersOf(scope.accounts, scope.estate).filter(({ provider: { arn } }) => concerns(arn, scope)),
  where: ({ account, provider: { arn } }) => ({ account: account.id, principal: arn }),
  check: ({ account, issuer, provider: { arn, clientIds } }, { estate }) => {
    if (clientIds === undefined) {
      return unknown({
        read: 'iam:GetOpenIDConnectProvider',
        reason: `the audiences of ${arn} were not read`,
      });
    }
    const others = clientIds.filter((audience) => audience !== STS_AUDIENCE);
    if (others.length === 0) return pass;
    const missing = account.missing('roles');
    if (missing) return unknown(missing);
    const trusting = trustOfProvider(account, estate).get(arn) ?? [];
    const wanted = new Set([
      ...trusting.flatMap(({ audiences }) => audiences),
      ...audiencesAskedFor(estate.clustersByIssuer.get(issuer.key) ?? []),
    ]);
    const extra = others.filter((audience) => !wanted.has(audience)).sort();
    if (extra.length === 0) return pass;
    const open = trusting.filter(({ anyAudience }) => anyAudience).map(({ role: view }) => view);
    return fail({ provider: arn, extra, opens: open.map(({ role: { arn: name } }) => name).sort() });
  },
  severity: ({ opens }) => (opens.length > 0 ? 'medium' : 'low'),
  message: ({ extra, opens }, { provider: { arn } }) =>
    `${arn} accepts ${extra.join(', ')}, which no trust policy names and nobody is seen to ask for${opens.length > 0 ? `; ${opens.length} ${opens.length === 1 ? 'role asks' : 'roles ask'} for no audience` : ''}.`,
  consequences: ({ opens }) => opens.map((arn) => `A token for that audience opens ${arn}.`),
  identity: ({ provider: arn, extra }) => [arn, ...extra],
});

/** Audiences that ServiceAccounts ask for by annotation, and pods by token volumes of their own. */
function audiencesAskedFor(clusters: readonly ClusterView[]): string[] {
  return clusters.flatMap(({ kubernetes: { data } }) => [
    ...(data.serviceAccounts ?? []).flatMap(({ annotations }) => annotations?.[AUDIENCE_ANNOTATION] ?? []),
    ...(data.pods ?? []).flatMap(({ tokens }) => (tokens ?? []).flatMap(({ audience }) => audience ?? [])),
  ]);
}

/** Of one role's account only the provider by which the role takes any audience is a matter of that role. */
function concerns(arn: string, { focused, roles, estate }: Scope): boolean {
  if (!focused) return true;
  return roles.some(({ account, role }) =>
    (trustOfProvider(account, estate).get(arn) ?? []).some(
      (trust) => trust.role.role === role && trust.anyAudience,
    ),
  );
}
