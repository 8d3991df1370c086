/** AWS pages that the rules rest on. */
const EKS = 'https://docs.aws.amazon.com/eks/latest/userguide';
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

export const IRSA = `${EKS}/iam-roles-for-service-accounts.html`;
export const IRSA_ROLE = `${EKS}/associate-service-account-role.html`;
export const IRSA_PODS = `${EKS}/pod-configuration.html`;
export const IRSA_PROVIDER = `${EKS}/enable-iam-roles-for-service-accounts.html`;
export const POD_IDENTITY_ROLE = `${EKS}/pod-id-role.html`;
export const POD_IDENTITY_AGENT = `${EKS}/pod-id-agent-setup.html`;
export const POD_IDENTITY_ASSOCIATION = `${EKS}/pod-id-association.html`;
export const POD_IDENTITY_TAGS = `${EKS}/pod-id-abac.html`;
export const POD_IDENTITY_TARGET = `${EKS}/pod-id-assign-target-role.html`;
export const POD_IDENTITY_PODS = `${EKS}/pod-id-how-it-works.html`;
export const EKS_QUOTAS = `${EKS}/service-quotas.html`;
export const CONTROL_PLANE_LOGS = `${EKS}/control-plane-logs.html`;
export const ADDON_IAM = `${EKS}/add-ons-iam.html`;
export const NODE_ROLE = `${EKS}/create-node-role.html`;
export const BEST_PRACTICES =
  'https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html';
export const OPERATORS = `${IAM}/reference_policies_elements_condition_operators.html`;
export const MULTI_VALUED = `${IAM}/reference_policies_condition-single-vs-multi-valued-context-keys.html`;
export const PRINCIPAL = `${IAM}/reference_policies_elements_principal.html`;
export const NOT_PRINCIPAL = `${IAM}/reference_policies_elements_notprincipal.html`;
export const IAM_QUOTAS = `${IAM}/reference_iam-quotas.html`;
export const EXTERNAL_ID = `${IAM}/id_roles_common-scenarios_third-party.html`;
export const OIDC_PROVIDER = `${IAM}/id_roles_providers_create_oidc.html`;
export const TRAIL_EVENTS =
  'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html';
export const CONTROL_POLICIES =
  'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html';
export const ACCESS_ENTRIES = `${EKS}/creating-access-entries.html`;
export const ACCESS_POLICIES = `${EKS}/access-policy-permissions.html`;
export const ACCESS_MODES = `${EKS}/setting-up-access-entries.html`;
export const ACCESS_MIGRATION = `${EKS}/migrating-access-entries.html`;
export const WINDOWS = `${EKS}/windows-support.html`;
export const AWS_AUTH = `${EKS}/auth-configmap.html`;
/** The order in which SDKs look for credentials. */
export const CREDENTIAL_CHAIN =
  'https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html';
