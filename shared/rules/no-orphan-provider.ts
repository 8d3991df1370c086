import type { Estate } from '../estate/estate.ts';
import { parseIssuer } from '../identity/issuer.ts';
import { draftNoProvider } from '../plans/drafts/provider.ts';
import { defineRule } from './define-rule.ts';
import { eksProvidersOf, trustOfProvider } from './doors/providers.ts';
import { estateExample, provider } from './examples/estate.ts';
import { IRSA_PROVIDER } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Providers left behind by clusters that are gone. */
export default defineRule({
  number: 'PT-004',
  name: 'no-orphan-provider',
  kind: 'rot',
  fix: 'guarded',
  title: 'The provider belongs to no cluster',
  why: 'It is left over from a deleted cluster, or it was never ours. It counts against the quota, hides which clusters can really enter the account, and lets the tokens of an issuer in that nobody here controls.',
  remedy: 'Delete the provider once no cluster elsewhere uses it: `aws iam delete-open-id-connect-provider`.',
  references: [IRSA_PROVIDER],
  examples: () => {
    const orphan = provider({
      arn: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
      url: 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    });
    return {
      fails: estateExample(
        'Every account and region was read, and no cluster has this issuer',
        { oidcProviders: [provider(), orphan] },
        orphan,
      ),
      passes: estateExample('A provider and its cluster', {}, provider()),
    };
  },
  needs: ['oidcProviders'],
  subjects: ({ accounts, estate }) => eksProvidersOf(accounts, estate),
  where: ({ account, provider: { arn } }) => ({ account: account.id, principal: arn }),
  check: ({ account, provider: { arn }, issuer }, { estate }) => {
    if (estate.clustersByIssuer.has(issuer.key) || idsInUse(estate).has(issuer.path.toLowerCase()))
      return pass;
    if (!estate.seesEveryCluster()) {
      return unknown({
        read: 'eks:ListClusters',
        reason:
          'whether a cluster has this issuer is known only when every account and region of the organization was read',
      });
    }
    const roles = (trustOfProvider(account, estate).get(arn) ?? []).map(({ role }) => role.role.arn);
    return fail({ provider: arn, issuer: issuer.key, roles: [...new Set(roles)].sort() });
  },
  severity: () => 'low',
  message: ({ provider: arn, roles }) =>
    `${arn} belongs to no cluster of the organization${roles.length > 0 ? `, and ${roles.length} ${roles.length === 1 ? 'role trusts' : 'roles trust'} it` : ''}.`,
  consequences: ({ roles }) => roles.map((role) => `${role} trusts it (no-foreign-issuer).`),
  identity: ({ provider: arn }) => [arn],
  repair: ({ provider: arn }) => ({
    text: `Delete it: aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${arn}`,
  }),
  plan: ({ roles }, { account, provider }) => draftNoProvider(account, provider, roles),
});

const ids = new WeakMap<Estate, ReadonlySet<string>>();

/** Issuer paths of all clusters in lower case: another host or case for the same id is a near miss, no orphan. */
function idsInUse(estate: Estate): ReadonlySet<string> {
  let set = ids.get(estate);
  if (set === undefined) {
    set = new Set([...estate.clustersByIssuer.keys()].map((key) => parseIssuer(key).path.toLowerCase()));
    ids.set(estate, set);
  }
  return set;
}
