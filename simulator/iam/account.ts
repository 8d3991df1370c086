import type * as iam from '@aws-sdk/client-iam';
import type { ManagedPolicyDetail, RoleDetail, UserDetail } from '@aws-sdk/client-iam';
import { type Call, type Operations, read } from '../operation.ts';
import type { PolicyState, RoleState, UserState } from '../state.ts';
import { encodeDocument } from './documents.ts';
import { byName, iamPage } from './lists.ts';
import { managedPolicy } from './managed-policies.ts';
import { attachmentCount, boundaryCount, describedVersions, updated } from './policies.ts';
import { describedRole } from './roles.ts';
import { tagList } from './tags.ts';

type Item =
  | { readonly kind: 'User'; readonly user: UserState }
  | { readonly kind: 'Role'; readonly role: RoleState }
  | { readonly kind: 'LocalManagedPolicy' | 'AWSManagedPolicy'; readonly policy: PolicyState };

function roleDetail(role: RoleState): RoleDetail {
  const { MaxSessionDuration: _, Description: __, ...described } = describedRole(role);
  return {
    ...described,
    InstanceProfileList: [],
    RolePolicyList: [...role.inline].map(([PolicyName, document]) => ({
      PolicyName,
      PolicyDocument: encodeDocument(document),
    })),
    AttachedManagedPolicies: role.attached.map((PolicyArn) => ({
      PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1),
      PolicyArn,
    })),
    Tags: tagList(role.tags),
  };
}

const userDetail = (user: UserState): UserDetail => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: user.created,
  GroupList: [],
  AttachedManagedPolicies: [],
  Tags: tagList(user.tags),
});

const policyDetail = (call: Call, policy: PolicyState): ManagedPolicyDetail => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  AttachmentCount: attachmentCount(call, policy.arn),
  PermissionsBoundaryUsageCount: boundaryCount(call, policy.arn),
  IsAttachable: true,
  CreateDate: policy.created,
  UpdateDate: updated(policy),
  PolicyVersionList: describedVersions(policy, true),
});

/** Everything, in the order users, roles, customer policies, and those policies of AWS that are attached. */
function itemsOf(call: Call): Item[] {
  const { users, roles, policies } = call.account.iam.visible();
  const { detailsHaveBoundaries } = call.world.settings;
  const used = new Set(
    [...roles.values()].flatMap(({ attached, boundary }) =>
      detailsHaveBoundaries ? [...attached, boundary ?? ''] : attached,
    ),
  );
  const theirs = [...used]
    .filter((arn) => arn.includes(':aws:policy/'))
    .map((arn) => policies.get(arn) ?? managedPolicy(call.account.partition, arn))
    .filter((one) => one !== undefined);
  const own = [...policies.values()].filter(({ arn }) => !arn.includes(':aws:policy/'));
  return [
    ...byName(users.values()).map((user): Item => ({ kind: 'User', user })),
    ...byName(roles.values()).map((role): Item => ({ kind: 'Role', role })),
    ...byName(own).map((policy): Item => ({ kind: 'LocalManagedPolicy', policy })),
    ...byName(theirs).map((policy): Item => ({ kind: 'AWSManagedPolicy', policy })),
  ];
}

function details(call: Call, items: readonly Item[]) {
  const UserDetailList: UserDetail[] = [];
  const RoleDetailList: RoleDetail[] = [];
  const Policies: ManagedPolicyDetail[] = [];
  for (const item of items) {
    switch (item.kind) {
      case 'User':
        UserDetailList.push(userDetail(item.user));
        break;
      case 'Role':
        RoleDetailList.push(roleDetail(item.role));
        break;
      case 'LocalManagedPolicy':
      case 'AWSManagedPolicy':
        Policies.push(policyDetail(call, item.policy));
        break;
    }
  }
  return { UserDetailList, GroupDetailList: [], RoleDetailList, Policies };
}

/** What the simulator has none of, and default quotas. Source: IAM user guide, "IAM and AWS STS quotas". */
const CONSTANT = {
  AccessKeysPerUserQuota: 2,
  AccountAccessKeysPresent: 0,
  AccountMFAEnabled: 0,
  AccountSigningCertificatesPresent: 0,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerRoleQuota: 10,
  AttachedPoliciesPerUserQuota: 10,
  GlobalEndpointTokenVersion: 1,
  GroupPolicySizeQuota: 5120,
  Groups: 0,
  GroupsPerUserQuota: 10,
  GroupsQuota: 300,
  InstanceProfiles: 0,
  InstanceProfilesQuota: 1000,
  MFADevices: 0,
  MFADevicesInUse: 0,
  PoliciesQuota: 1500,
  PolicySizeQuota: 6144,
  PolicyVersionsInUseQuota: 10_000,
  RolePolicySizeQuota: 10_240,
  ServerCertificates: 0,
  ServerCertificatesQuota: 20,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: 2048,
  UsersQuota: 5000,
  VersionsPerPolicyQuota: 5,
};

/** The account as a whole. Source of the summary's keys: IAM API reference, GetAccountSummary. */
export const accountOperations: Operations<typeof iam> = {
  GetAccountAuthorizationDetails: read((call, input) => {
    const filter = input.Filter ?? [];
    const wanted = itemsOf(call).filter(({ kind }) => filter.length === 0 || filter.includes(kind));
    const { items, rest } = iamPage(call, wanted, input);
    return { ...details(call, items), ...rest };
  }),
  GetAccountSummary: read((call) => {
    const { users, roles, policies, providers } = call.account.iam.visible();
    return {
      SummaryMap: {
        ...CONSTANT,
        Users: users.size,
        Roles: roles.size,
        RolesQuota: call.account.quotas.roles,
        Policies: policies.size,
        PolicyVersionsInUse: [...policies.values()].reduce((sum, { versions }) => sum + versions.size, 0),
        Providers: providers.size,
        AssumeRolePolicySizeQuota: call.account.quotas.trustPolicyLength,
      },
    };
  }),
  ListAccountAliases: read((call) => ({
    AccountAliases: call.account.name === '' ? [] : [call.account.name],
    IsTruncated: false,
  })),
};
