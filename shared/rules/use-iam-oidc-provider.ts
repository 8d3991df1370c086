import { diagnosedRule } from './diagnosed.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_PROVIDER, OIDC_PROVIDER } from './references.ts';

/** Live clusters whose pods cannot enter an account, since it has no provider for them. */
export default diagnosedRule({
  number: 'PT-001',
  name: 'use-iam-oidc-provider',
  fix: 'guarded',
  severity: 'high',
  perProvider: true,
  title: 'The account has no IAM OIDC provider for the cluster',
  why: "IAM checks a web-identity token against a provider of the role's account with exactly the cluster's issuer. Without it every AssumeRoleWithWebIdentity of the cluster fails, and CloudTrail usually shows nothing.",
  remedy:
    'Create the provider for the issuer that `aws eks describe-cluster` shows, with the audience sts.amazonaws.com; no thumbprint is needed.',
  references: [IRSA_PROVIDER, OIDC_PROVIDER],
  examples: () => ({
    fails: roleExample('The cluster exists and its provider does not', trustPolicy(irsaStatement()), {
      oidcProviders: [],
    }),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
