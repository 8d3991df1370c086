import {
  type EntityType,
  GetAccountAuthorizationDetailsCommand,
  type ManagedPolicyDetail,
  type RoleDetail,
  type UserDetail,
} from '@aws-sdk/client-iam';
import {
  type ManagedPolicy,
  managedPolicySchema,
  type Role,
  roleSchema,
  type User,
  userSchema,
} from '../../estate/snapshot.ts';
import type { AccountReader } from '../account-reader.ts';
import { decodeDocument } from '../decode-document.ts';
import { isoTime } from '../iso-time.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { readPolicyDocuments } from './policy-documents.ts';
import { tagsOf } from './tags.ts';

export const permissions: Permissions = { actions: ['iam:GetAccountAuthorizationDetails'], for: 'read' };

const READ = 'iam:GetAccountAuthorizationDetails';

/** The most that one page holds (IAM API reference, GetAccountAuthorizationDetails, MaxItems). */
const PAGE = 1000;

const FILTER = ['User', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'] satisfies EntityType[];

export interface AccountDetails {
  readonly roles?: Role[];
  readonly policies?: ManagedPolicy[];
  readonly users?: User[];
}

/**
 * Every role with its policies, the documents of the managed policies that roles use, and the names of users, in one
 * paged read: clusters let users in, and an entry outlives its user. Groups and what users may do are left out: nothing
 * that is judged depends on them. Lists are absent when not even the first page was read.
 */
export async function readAccountDetails(account: AccountReader): Promise<AccountDetails> {
  const { reading, place } = account;
  const iam = account.client('iam', null);
  const documents = new Map<string, string>();
  let users: User[] | undefined;
  const pages = await reading.pages<Role>(READ, place, async (Marker) => {
    const answer = await iam.send(
      new GetAccountAuthorizationDetailsCommand(
        present({
          Filter: FILTER,
          MaxItems: PAGE,
          Marker,
        }),
      ),
    );
    const { UserDetailList, RoleDetailList, Policies, IsTruncated } = answer;
    if (IsTruncated === true && !answer.Marker) {
      reading.gap(READ, place, 'malformed answer: cut off without a marker');
    }
    for (const policy of Policies ?? []) keepDocument(policy, documents);
    if (UserDetailList !== undefined) users = [...(users ?? []), ...shapedUsers(account, UserDetailList)];
    // Brought into shape page by page, so that the answer with all that is not needed can be forgotten.
    const roles = (RoleDetailList ?? Policies) && shapedRoles(account, RoleDetailList ?? []);
    return { items: roles, next: IsTruncated === true ? answer.Marker : undefined };
  });
  if (pages === undefined) return {};
  const roles = [...new Map(pages.items.map((role) => [role.arn, role])).values()];
  const used = usedPolicies(roles);
  const policies = used.flatMap((arn) => {
    const document = documents.get(arn);
    const policy =
      document !== undefined &&
      reading.shaped(managedPolicySchema, { arn, document }, READ, { ...place, subject: arn });
    return policy ? [policy] : [];
  });
  // After a page was lost, a document that is not there may have been on it: asking for each would repeat the read.
  const absent = pages.complete ? used.filter((arn) => !documents.has(arn)) : [];
  const all = [...policies, ...(await readPolicyDocuments(account, absent))];
  return { roles, policies: all, ...(users !== undefined && { users }) };
}

function shapedUsers({ reading, place }: AccountReader, details: readonly UserDetail[]): User[] {
  return details.flatMap(({ Arn: arn, UserId: id, CreateDate }) => {
    const user = present({ arn, id, created: isoTime(CreateDate) });
    const shaped = reading.shaped(userSchema, user, READ, { ...place, subject: arn ?? 'a user' });
    return shaped ? [shaped] : [];
  });
}

/** IAM returns all versions of customer managed policies: only the default one is in force. */
function keepDocument(policy: ManagedPolicyDetail, documents: Map<string, string>): void {
  const version = policy.PolicyVersionList?.find(
    ({ IsDefaultVersion, VersionId }) => IsDefaultVersion === true || VersionId === policy.DefaultVersionId,
  );
  if (policy.Arn && version?.Document) documents.set(policy.Arn, decodeDocument(version.Document));
}

function shapedRoles({ reading, place }: AccountReader, details: readonly RoleDetail[]): Role[] {
  return details.flatMap((role) => {
    const subject = role.Arn ?? role.RoleName ?? 'a role';
    const shaped = reading.shaped(roleSchema, describeRole(role), READ, { ...place, subject });
    return shaped ? [shaped] : [];
  });
}

function describeRole(role: RoleDetail): object {
  return {
    arn: role.Arn,
    id: role.RoleId,
    created: isoTime(role.CreateDate),
    trustPolicy:
      role.AssumeRolePolicyDocument === undefined ? undefined : decodeDocument(role.AssumeRolePolicyDocument),
    permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
    attachedPolicies: role.AttachedManagedPolicies?.map(({ PolicyArn }) => PolicyArn),
    inlinePolicies: role.RolePolicyList?.map(({ PolicyName, PolicyDocument }) => ({
      name: PolicyName,
      document: PolicyDocument === undefined ? undefined : decodeDocument(PolicyDocument),
    })),
    tags: tagsOf(role.Tags),
    lastUsed:
      role.RoleLastUsed &&
      present({ at: isoTime(role.RoleLastUsed.LastUsedDate), region: role.RoleLastUsed.Region }),
  };
}

function usedPolicies(roles: readonly Role[]): string[] {
  const used = new Set<string>();
  for (const { attachedPolicies = [], permissionsBoundary } of roles) {
    for (const arn of attachedPolicies) used.add(arn);
    if (permissionsBoundary !== undefined) used.add(permissionsBoundary);
  }
  return [...used];
}
