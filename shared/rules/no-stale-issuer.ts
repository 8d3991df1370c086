import { diagnosedRule } from './diagnosed.ts';
import { irsaStatement, roleExample, staleStatement, trustPolicy } from './examples/estate.ts';
import { IRSA, IRSA_PROVIDER } from './references.ts';

/** Trust in an issuer whose cluster was replaced. */
export default diagnosedRule({
  number: 'PT-103',
  name: 'no-stale-issuer',
  fix: 'guarded',
  severity: 'medium',
  title: 'The trust policy names the issuer of a cluster that is gone',
  why: 'A cluster that is created again gets a new issuer, even under its old name. Trust policies that name the old one admit nobody.',
  remedy:
    'Replace the old issuer by that of the cluster that took its place, in the principal and in the condition keys.',
  references: [IRSA, IRSA_PROVIDER],
  examples: () => ({
    fails: roleExample(
      'The cluster shop was created again, and the role is tagged with its name',
      trustPolicy(staleStatement()),
      { role: { tags: { 'alpha.eksctl.io/cluster-name': 'shop' } } },
    ),
    passes: roleExample('Provider, subject and audience of the cluster', trustPolicy(irsaStatement())),
  }),
});
