import { diagnosedRule } from './diagnosed.ts';
import { irsaStatement, provider, roleExample, trustPolicy } from './examples/estate.ts';
import { IRSA_PROVIDER, OIDC_PROVIDER } from './references.ts';

/** Providers that refuse the tokens of their cluster. */
export default diagnosedRule({
  number: 'PT-002',
  name: 'use-sts-audience',
  fix: 'guarded',
  severity: 'high',
  perProvider: true,
  title: 'The provider does not accept the audience of the tokens',
  why: 'IAM refuses a token whose audience is not on the client id list of the provider. Tokens of ServiceAccounts carry sts.amazonaws.com unless an annotation says otherwise.',
  remedy:
    'Add the client id: `aws iam add-client-id-to-open-id-connect-provider --client-id sts.amazonaws.com`.',
  references: [OIDC_PROVIDER, IRSA_PROVIDER],
  examples: () => ({
    fails: roleExample('The provider accepts another audience', trustPolicy(irsaStatement()), {
      oidcProviders: [provider({ clientIds: ['kubernetes'] })],
    }),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
