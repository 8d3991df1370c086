import type { Rule } from './define-rule.ts';
import noCrossClusterSubject from './no-cross-cluster-subject.ts';
import noDegradedPrincipal from './no-degraded-principal.ts';
import noExtraAudience from './no-extra-audience.ts';
import noFailOpenCondition from './no-fail-open-condition.ts';
import noForeignIssuer from './no-foreign-issuer.ts';
import noInvalidTrustPolicy from './no-invalid-trust-policy.ts';
import noLiteralWildcard from './no-literal-wildcard.ts';
import noMalformedSubject from './no-malformed-subject.ts';
import noMismatchedConditionKey from './no-mismatched-condition-key.ts';
import noMissingSubject from './no-missing-subject.ts';
import noMixedTrust from './no-mixed-trust.ts';
import noNegatedTrust from './no-negated-trust.ts';
import noOrphanProvider from './no-orphan-provider.ts';
import noProviderQuotaPressure from './no-provider-quota-pressure.ts';
import noPublicTrust from './no-public-trust.ts';
import noStaleIssuer from './no-stale-issuer.ts';
import noTrustQuotaPressure from './no-trust-quota-pressure.ts';
import noUnknownProvider from './no-unknown-provider.ts';
import noUnsatisfiableTrust from './no-unsatisfiable-trust.ts';
import noWildcardSubject from './no-wildcard-subject.ts';
import noWrongAssumeAction from './no-wrong-assume-action.ts';
import noWrongAudience from './no-wrong-audience.ts';
import useAudienceCondition from './use-audience-condition.ts';
import useIamOidcProvider from './use-iam-oidc-provider.ts';
import useKubernetesAccess from './use-kubernetes-access.ts';
import useStsAudience from './use-sts-audience.ts';

/** Every rule, by number. */
export const rules: readonly Rule[] = [
  useIamOidcProvider,
  useStsAudience,
  noExtraAudience,
  noOrphanProvider,
  noForeignIssuer,
  noProviderQuotaPressure,
  noInvalidTrustPolicy,
  noUnknownProvider,
  noStaleIssuer,
  noMismatchedConditionKey,
  noLiteralWildcard,
  noMalformedSubject,
  noWrongAudience,
  noWrongAssumeAction,
  noUnsatisfiableTrust,
  noMissingSubject,
  noWildcardSubject,
  noFailOpenCondition,
  useAudienceCondition,
  noPublicTrust,
  noNegatedTrust,
  noCrossClusterSubject,
  noMixedTrust,
  noDegradedPrincipal,
  noTrustQuotaPressure,
  useKubernetesAccess,
];

const byName = new Map(rules.map((rule) => [rule.name, rule]));

/** The rule of a name, or undefined. */
export function ruleNamed(name: string): Rule | undefined {
  return byName.get(name);
}
