import type { Rule } from './define-rule.ts';
import noAccessDrift from './no-access-drift.ts';
import noAccountMapping from './no-account-mapping.ts';
import noAddonIdentityConflict from './no-addon-identity-conflict.ts';
import noAdminPodRole from './no-admin-pod-role.ts';
import noAssociationQuotaPressure from './no-association-quota-pressure.ts';
import noBroadClusterAdmin from './no-broad-cluster-admin.ts';
import noBrokenTargetRole from './no-broken-target-role.ts';
import noCreatorInAwsAuth from './no-creator-in-aws-auth.ts';
import noCrossClusterSubject from './no-cross-cluster-subject.ts';
import noDefaultServiceAccountRole from './no-default-service-account-role.ts';
import noDegradedPrincipal from './no-degraded-principal.ts';
import noDeniedPodIdentity from './no-denied-pod-identity.ts';
import noDeniedWebIdentity from './no-denied-web-identity.ts';
import noDenyingControlPolicy from './no-denying-control-policy.ts';
import noDoubleBinding from './no-double-binding.ts';
import noDuplicateAwsAuthMapping from './no-duplicate-aws-auth-mapping.ts';
import noExtraAudience from './no-extra-audience.ts';
import noFailOpenCondition from './no-fail-open-condition.ts';
import noForeignAccessPrincipal from './no-foreign-access-principal.ts';
import noForeignIssuer from './no-foreign-issuer.ts';
import noGhostAccessEntry from './no-ghost-access-entry.ts';
import noGhostAssociation from './no-ghost-association.ts';
import noGhostAwsAuthPrincipal from './no-ghost-aws-auth-principal.ts';
import noHiddenCreatorAdmin from './no-hidden-creator-admin.ts';
import noIgnoredMapping from './no-ignored-mapping.ts';
import noInvalidAwsAuth from './no-invalid-aws-auth.ts';
import noInvalidRoleAnnotation from './no-invalid-role-annotation.ts';
import noInvalidTokenExpiration from './no-invalid-token-expiration.ts';
import noInvalidTrustPolicy from './no-invalid-trust-policy.ts';
import noLiteralWildcard from './no-literal-wildcard.ts';
import noMalformedSubject from './no-malformed-subject.ts';
import noMastersInAwsAuth from './no-masters-in-aws-auth.ts';
import noMismatchedConditionKey from './no-mismatched-condition-key.ts';
import noMissingAnnotatedRole from './no-missing-annotated-role.ts';
import noMissingAssociationRole from './no-missing-association-role.ts';
import noMissingBinding from './no-missing-binding.ts';
import noMissingNodeMapping from './no-missing-node-mapping.ts';
import noMissingNodePermission from './no-missing-node-permission.ts';
import noMissingPermission from './no-missing-permission.ts';
import noMissingSubject from './no-missing-subject.ts';
import noMissingWindowsGroup from './no-missing-windows-group.ts';
import noMixedTrust from './no-mixed-trust.ts';
import noNegatedTrust from './no-negated-trust.ts';
import noNodeRoleFallback from './no-node-role-fallback.ts';
import noOrphanPodIdentityRole from './no-orphan-pod-identity-role.ts';
import noOrphanProvider from './no-orphan-provider.ts';
import noPodClusterAdmin from './no-pod-cluster-admin.ts';
import noPowerlessAccessEntry from './no-powerless-access-entry.ts';
import noProviderQuotaPressure from './no-provider-quota-pressure.ts';
import noProxiedCredentials from './no-proxied-credentials.ts';
import noPublicTrust from './no-public-trust.ts';
import noRolePathInAwsAuth from './no-role-path-in-aws-auth.ts';
import noRootMapping from './no-root-mapping.ts';
import noShadowedCredentials from './no-shadowed-credentials.ts';
import noStaleIssuer from './no-stale-issuer.ts';
import noTaglessTagCondition from './no-tagless-tag-condition.ts';
import noTombstonedAccessEntry from './no-tombstoned-access-entry.ts';
import noTrustQuotaPressure from './no-trust-quota-pressure.ts';
import noUnboundGroup from './no-unbound-group.ts';
import noUndeclaredBinding from './no-undeclared-binding.ts';
import noUninjectedPod from './no-uninjected-pod.ts';
import noUnknownProvider from './no-unknown-provider.ts';
import noUnknownSessionIssuer from './no-unknown-session-issuer.ts';
import noUnsatisfiableTrust from './no-unsatisfiable-trust.ts';
import noUnsupportedCompute from './no-unsupported-compute.ts';
import noUntrustedAssociation from './no-untrusted-association.ts';
import noUntrustedSelfAssumption from './no-untrusted-self-assumption.ts';
import noUntrustedServiceAccount from './no-untrusted-service-account.ts';
import noUnusedTrust from './no-unused-trust.ts';
import noWildcardSubject from './no-wildcard-subject.ts';
import noWrongAssumeAction from './no-wrong-assume-action.ts';
import noWrongAudience from './no-wrong-audience.ts';
import noWrongEntryType from './no-wrong-entry-type.ts';
import useAccessEntries from './use-access-entries.ts';
import useAudienceCondition from './use-audience-condition.ts';
import useControlPlaneLogs from './use-control-plane-logs.ts';
import useExternalId from './use-external-id.ts';
import useIamOidcProvider from './use-iam-oidc-provider.ts';
import useIdentityWebhook from './use-identity-webhook.ts';
import useKubernetesAccess from './use-kubernetes-access.ts';
import useManagementTrail from './use-management-trail.ts';
import usePodIdentityAgent from './use-pod-identity-agent.ts';
import usePodIdentityAssociation from './use-pod-identity-association.ts';
import useRoleAnnotation from './use-role-annotation.ts';
import useScopedPodIdentityTrust from './use-scoped-pod-identity-trust.ts';
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
  noDenyingControlPolicy,
  noInvalidRoleAnnotation,
  noMissingAnnotatedRole,
  noUntrustedServiceAccount,
  useRoleAnnotation,
  noUnusedTrust,
  noUninjectedPod,
  noShadowedCredentials,
  noDoubleBinding,
  noDefaultServiceAccountRole,
  noProxiedCredentials,
  useIdentityWebhook,
  noInvalidTokenExpiration,
  noNodeRoleFallback,
  usePodIdentityAgent,
  noMissingAssociationRole,
  noUntrustedAssociation,
  noTaglessTagCondition,
  noUntrustedSelfAssumption,
  noBrokenTargetRole,
  usePodIdentityAssociation,
  noGhostAssociation,
  noMissingNodePermission,
  noUnsupportedCompute,
  useScopedPodIdentityTrust,
  useExternalId,
  noOrphanPodIdentityRole,
  noAddonIdentityConflict,
  noAssociationQuotaPressure,
  useAccessEntries,
  noHiddenCreatorAdmin,
  noGhostAccessEntry,
  noTombstonedAccessEntry,
  noBroadClusterAdmin,
  noForeignAccessPrincipal,
  noWrongEntryType,
  noPowerlessAccessEntry,
  noUnboundGroup,
  noPodClusterAdmin,
  noInvalidAwsAuth,
  noRolePathInAwsAuth,
  noIgnoredMapping,
  noMissingWindowsGroup,
  noRootMapping,
  noDuplicateAwsAuthMapping,
  noMissingNodeMapping,
  noGhostAwsAuthPrincipal,
  noMastersInAwsAuth,
  noCreatorInAwsAuth,
  noAccountMapping,
  noAccessDrift,
  noAdminPodRole,
  noMissingPermission,
  noDeniedWebIdentity,
  noDeniedPodIdentity,
  noUnknownSessionIssuer,
  useManagementTrail,
  useControlPlaneLogs,
  useKubernetesAccess,
  noMissingBinding,
  noUndeclaredBinding,
];

const byName = new Map(rules.map((rule) => [rule.name, rule]));

/** The rule of a name, or undefined. */
export function ruleNamed(name: string): Rule | undefined {
  return byName.get(name);
}
