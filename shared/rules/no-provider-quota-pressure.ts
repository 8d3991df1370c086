import { defineRule } from './define-rule.ts';
import { estateExample, provider } from './examples/estate.ts';
import { accountWhere } from './places.ts';
import { IAM_QUOTAS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

const SHARE = 0.8;
/** What every account has at least (IAM quotas: OpenID Connect providers per account). */
const DEFAULT_QUOTA = 100;

/** Accounts that soon cannot take another cluster's provider. */
export default defineRule({
  number: 'PT-006',
  name: 'no-provider-quota-pressure',
  kind: 'rot',
  fix: 'manual',
  title: 'The account runs out of OIDC providers',
  why: 'Each cluster that uses IRSA needs a provider in each account whose roles its pods assume. At the quota, the next cluster, or the replacement of one, gets none.',
  remedy:
    'Delete the providers of clusters that are gone, raise the quota (L-858F3967), or use Pod Identity, which needs none.',
  references: [IAM_QUOTAS],
  examples: () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => provider({ arn: `${provider().arn}${index}` }));
    return {
      fails: estateExample('85 of 100', { oidcProviders: many(85) }, { providers: 85, quota: 100 }),
      passes: estateExample('1 of 100', {}, { providers: 1, quota: 100 }),
    };
  },
  needs: [],
  subjects: ({ accounts }) => accounts,
  where: accountWhere,
  check: (view) => {
    const missing = view.missing('oidcProviders');
    if (missing) return unknown(missing);
    const providers = view.account.oidcProviders?.length ?? 0;
    const quota = view.account.quotas?.oidcProviders;
    if (providers < (quota ?? DEFAULT_QUOTA) * SHARE) return pass;
    if (quota === undefined)
      return unknown({ read: 'iam:GetAccountSummary', reason: 'the quota was not read' });
    return fail({ providers, quota });
  },
  severity: ({ providers, quota }) => (providers >= quota ? 'medium' : 'low'),
  message: ({ providers, quota }, { id }) => `Account ${id} has ${providers} of ${quota} OIDC providers.`,
  identity: () => [],
});
