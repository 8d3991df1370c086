/** Why the simulator answers as it does where an emulator answers otherwise. `*` stands for any. */
export interface Reason {
  readonly emulator: 'moto' | 'ministack' | '*';
  readonly operation: RegExp;
  readonly field: RegExp;
  readonly why: string;
}

const reason = (emulator: Reason['emulator'], operation: RegExp, field: RegExp, why: string): Reason => ({
  emulator,
  operation,
  field,
  why,
});

/** Every difference that is known, with the source that decides it. A difference without a reason fails the suite. */
export const REASONS: readonly Reason[] = [
  reason(
    '*',
    /^GetAccountAuthorizationDetails$|^ListRoles$/,
    /IsTruncated|Marker|List\.|Roles\.1/,
    'IAM gives at most MaxItems items and a Marker (IAM API reference); these give all at once.',
  ),
  reason(
    'ministack',
    /^GetAccountSummary$/,
    /^SummaryMap/,
    'It lists fewer keys; GetAccountSummary names these (IAM API reference).',
  ),
  reason(
    'moto',
    /^GetCallerIdentity$/,
    /./,
    'Its caller is always the user moto; here the caller is who the credentials belong to.',
  ),
  reason(
    'moto',
    /PolicyVersions?$/,
    /Document$|IsTruncated$/,
    'Lists and creations of versions leave the document out, and lists say whether they are cut (IAM API reference).',
  ),
  reason(
    'moto',
    /^DeletePolicy$/,
    /answer/,
    'A policy that is attached cannot be deleted (IAM API reference, DeleteConflict).',
  ),
  reason(
    'moto',
    /^GetPolicy$|^CreatePolicy$/,
    /AttachmentCount|PermissionsBoundaryUsageCount/,
    'Attaching twice counts once; the boundary count is in every policy (IAM API reference, Policy).',
  ),
  reason(
    'ministack',
    /^AttachRolePolicy$/,
    /answer/,
    'A policy that does not exist cannot be attached (IAM API reference, NoSuchEntity).',
  ),
  reason(
    '*',
    /^CreateOpenIDConnectProvider$/,
    /^Tags/,
    'The tags come back with the ARN (IAM API reference).',
  ),
  reason(
    '*',
    /^CreateOpenIDConnectProvider$/,
    /answer/,
    'The URL must begin with https:// (IAM API reference).',
  ),
  reason(
    'ministack',
    /^GetOpenIDConnectProvider$/,
    /^Url$/,
    'IAM returns the URL without its scheme (published answers of the AWS command line).',
  ),
  reason(
    'ministack',
    /^DeleteOpenIDConnectProvider$/,
    /answer/,
    'The operation is idempotent (IAM API reference).',
  ),
  reason(
    'moto',
    /^ListRoleTags$/,
    /^Tags/,
    'The order of tags is not documented; here it is that of tagging.',
  ),
  reason(
    'ministack',
    /^UpdateAssumeRolePolicy$/,
    /answer/,
    'IAM refuses what is no policy (IAM API reference, MalformedPolicyDocument).',
  ),
  reason('ministack', /^ListRoles$/, /Tags/, 'ListRoles leaves tags out (IAM API reference).'),
  reason(
    'moto',
    /Cluster$/,
    /resourcesVpcConfig|ipFamily|accessConfig/,
    'EKS fills in defaults: endpoint access, address family, access configuration (EKS API reference).',
  ),
  reason(
    'ministack',
    /Cluster$/,
    /logging|accessConfig/,
    'EKS lists every log type, and always an access configuration (EKS API reference).',
  ),
  reason(
    'ministack',
    /^DeleteCluster$/,
    /^cluster\.tags/,
    'Its answer has the tags of creation; here those of the last TagResource.',
  ),
  reason(
    '*',
    /^(?:Create|Delete)(?:Cluster|Nodegroup|FargateProfile|Addon)$/,
    /status$/,
    'Creation and deletion take time: the answer says CREATING or DELETING (EKS API reference).',
  ),
  reason('ministack', /FargateProfile/, /answer/, 'It has no Fargate profiles and says InvalidRequest.'),
  reason(
    'ministack',
    /AccessEntry$/,
    /username/,
    'EKS derives the username from the principal (EKS user guide, "Create access entries").',
  ),
  reason(
    'ministack',
    /^CreatePodIdentityAssociation$/,
    /answer/,
    'EKS checks that the role exists and trusts pods.eks.amazonaws.com with both actions (reports of InvalidParameterException).',
  ),
  reason(
    'ministack',
    /^CreateAccessEntry$/,
    /answer/,
    'Under CONFIG_MAP there are no access entries (EKS user guide, "Change authentication mode").',
  ),
  reason(
    '*',
    /^DeleteCluster$/,
    /answer/,
    'A cluster with node groups cannot be deleted (EKS API reference, ResourceInUse).',
  ),
];
