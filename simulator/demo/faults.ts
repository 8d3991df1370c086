import { KUBERNETES_FAULTS } from './kubernetes-faults.ts';
import {
  LOAD_TEST,
  PLATFORM,
  PROD_DATA,
  PRODUCTION,
  providerArn,
  roleArn,
  STAGING,
  STAGING_DATA,
  STAGING_SHOP,
  TOOLS,
  VENDOR,
} from './places.ts';

/** One mistake that the demo organization has, and the finding that must name it. */
export interface PlantedFault {
  /** What somebody did, one sentence. */
  readonly what: string;
  readonly rule: string;
  readonly account: string;
  /** What the finding is about, as far as it names it. */
  readonly at: {
    readonly role?: string;
    readonly cluster?: string;
    readonly principal?: string;
    /** namespace/name */
    readonly serviceAccount?: string;
  };
}

const staging = (what: string, rule: string, at: PlantedFault['at']): PlantedFault => ({
  what,
  rule,
  account: STAGING.id,
  at,
});
const production = (what: string, rule: string, at: PlantedFault['at']): PlantedFault => ({
  what,
  rule,
  account: PRODUCTION.id,
  at,
});
const platform = (what: string, rule: string, at: PlantedFault['at']): PlantedFault => ({
  what,
  rule,
  account: PLATFORM.id,
  at,
});

const stagingRole = (name: string) => ({ role: roleArn(STAGING, name) });
const productionRole = (name: string) => ({ role: roleArn(PRODUCTION, name) });
const platformRole = (name: string) => ({ role: roleArn(PLATFORM, name) });

/** Every mistake in the demo organization: what is not listed here is healthy. */
export const PLANTED: readonly PlantedFault[] = [
  platform('The provider of tools was created without any client id.', 'use-sts-audience', {
    cluster: TOOLS.name,
  }),
  platform(
    'One role serves the same ServiceAccount of staging and production.',
    'no-cross-cluster-subject',
    platformRole('shop-feature-flags'),
  ),
  platform(
    'A target role trusts the whole production account and asks for no external id.',
    'use-external-id',
    platformRole('artifact-reader'),
  ),

  staging('Nobody created the OIDC provider of staging-data.', 'use-iam-oidc-provider', {
    cluster: STAGING_DATA.name,
  }),
  staging('The provider of the load-test cluster outlived the cluster.', 'no-orphan-provider', {
    principal: providerArn(STAGING, LOAD_TEST),
  }),
  staging(
    'The issuer host was written oidc.<region>.eks instead of oidc.eks.<region>.',
    'no-unknown-provider',
    stagingRole('staging-shop-cert-manager'),
  ),
  staging(
    'Subject and audience were swapped.',
    'no-mismatched-condition-key',
    stagingRole('staging-shop-fluent-bit'),
  ),
  staging(
    'The statement was copied from a service role: sts:AssumeRole for a web identity.',
    'no-wrong-assume-action',
    stagingRole('staging-shop-checkout'),
  ),
  staging(
    'ForAllValues around the subject, which the console suggests.',
    'no-fail-open-condition',
    stagingRole('staging-shop-orders'),
  ),
  staging(
    'The namespace in the subject has a capital letter, as in the wiki and not in the cluster.',
    'no-malformed-subject',
    stagingRole('staging-shop-log-archive'),
  ),
  staging('Principal * for a quick test, in spring.', 'no-public-trust', stagingRole('staging-upload')),
  staging(
    'The role of an association was deleted with its stack, the association was not.',
    'no-missing-association-role',
    stagingRole('staging-shop-recommendations'),
  ),
  staging('The Pod Identity agent failed to install.', 'use-pod-identity-agent', {
    cluster: STAGING_SHOP.name,
  }),
  staging('The trail covers Frankfurt alone.', 'use-management-trail', {}),
  staging('A cluster was made without control plane logs.', 'use-control-plane-logs', {
    cluster: STAGING_DATA.name,
  }),

  production(
    'StringEquals with a wildcard.',
    'no-literal-wildcard',
    productionRole('prod-shop-image-resizer'),
  ),
  production(
    'A condition key was written with https://.',
    'no-mismatched-condition-key',
    productionRole('prod-shop-velero'),
  ),
  production(
    'The audience of a regional STS endpoint, which tokens never carry.',
    'no-wrong-audience',
    productionRole('prod-shop-search-indexer'),
  ),
  production(
    'Everyone but kube-system: StringNotLike as if it were a grant.',
    'no-fail-open-condition',
    productionRole('prod-shop-batch'),
  ),
  production(
    'A pod role that EC2 instances may have too, since the service once ran there.',
    'no-mixed-trust',
    productionRole('prod-shop-notifications'),
  ),
  production(
    'Every new importer went into the same trust policy.',
    'no-trust-quota-pressure',
    productionRole('prod-shop-supplier-import'),
  ),
  production('A role for the cluster of a vendor.', 'no-foreign-issuer', productionRole('vendor-scanner')),
  production('The provider of that vendor belongs to no cluster of ours.', 'no-orphan-provider', {
    principal: providerArn(PRODUCTION, VENDOR),
  }),
  production('No condition on the subject.', 'no-missing-subject', productionRole('prod-data-report-export')),
  production(
    'A user was deleted who could assume the role for debugging.',
    'no-degraded-principal',
    productionRole('prod-data-etl'),
  ),
  production(
    'prod-edge was rebuilt, and one role still trusts the issuer it had.',
    'no-stale-issuer',
    productionRole('prod-edge-external-dns'),
  ),
  production(
    'Terraform runs in the cluster, and any ServiceAccount may be it.',
    'no-wildcard-subject',
    productionRole('prod-edge-terraform-runner'),
  ),
  production(
    'Terraform runs as administrator.',
    'no-admin-pod-role',
    productionRole('prod-edge-terraform-runner'),
  ),
  production(
    'A trust edit lost sts:TagSession after the association was made.',
    'no-untrusted-association',
    productionRole('prod-shop-payments'),
  ),
  production(
    'Session tags were switched off, and the trust policy tests them.',
    'no-tagless-tag-condition',
    productionRole('prod-data-ledger'),
  ),
  production(
    'A role of administrators for Pod Identity, without conditions.',
    'use-scoped-pod-identity-trust',
    productionRole('prod-data-platform-operator'),
  ),
  production(
    'An operator in a pod is administrator of the account.',
    'no-admin-pod-role',
    productionRole('prod-data-platform-operator'),
  ),
  production(
    'A role was made for a ServiceAccount, and the association never came.',
    'use-pod-identity-association',
    productionRole('prod-data-quality'),
  ),
  production('An audience of Vault was added to the provider that STS uses.', 'no-extra-audience', {
    principal: providerArn(PRODUCTION, PROD_DATA.issuer),
  }),
  ...KUBERNETES_FAULTS,
];

/** Informational findings that a healthy organization has too, as long as its Kubernetes APIs are not read. */
export const EXPECTED_EVERYWHERE = ['use-kubernetes-access'] as const;
