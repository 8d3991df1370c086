import {
  GetAccountAuthorizationDetailsCommand,
  type ManagedPolicyDetail,
  type RoleDetail,
} from '@aws-sdk/client-iam';
import { type ManagedPolicy, managedPolicySchema, type Role, roleSchema } from '../../estate/snapshot.ts';
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

export interface AccountDetails {
  readonly roles?: Role[];
  readonly policies?: ManagedPolicy[];
}

type Item =
  | { readonly role: RoleDetail }
  | { readonly policy: { readonly arn: string; readonly document: string } };

/**
 * Every role with its policies, and the documents of the managed policies that roles use, in one paged read. Users and
 * groups are left out: nothing that is judged depends on them. Lists are absent when not even the first page was read.
 */
export async function readAccountDetails(account: AccountReader): Promise<AccountDetails> {
  const { reading, place } = account;
  const iam = account.client('iam', null);
  const pages = await reading.pages<Item>(READ, place, async (Marker) => {
    const answer = await iam.send(
      new GetAccountAuthorizationDetailsCommand(
        present({
          Filter: ['Role' as const, 'LocalManagedPolicy' as const, 'AWSManagedPolicy' as const],
          MaxItems: PAGE,
          Marker,
        }),
      ),
    );
    if (answer.IsTruncated === true && !answer.Marker)
      throw new Error('malformed answer: cut off without a marker');
    const { RoleDetailList, Policies } = answer;
    const items: Item[] | undefined = (RoleDetailList ?? Policies) && [
      ...(RoleDetailList ?? []).map((role) => ({ role })),
      ...(Policies ?? []).flatMap(defaultVersion),
    ];
    return { items, next: answer.IsTruncated === true ? answer.Marker : undefined };
  });
  if (pages === undefined) return {};
  const byArn = new Map<string, Role>();
  const documents = new Map<string, string>();
  for (const item of pages.items) {
    if ('policy' in item) documents.set(item.policy.arn, item.policy.document);
    else {
      const role = reading.shaped(roleSchema, describeRole(item.role), READ, {
        ...place,
        subject: item.role.Arn ?? item.role.RoleName ?? 'a role',
      });
      if (role) byArn.set(role.arn, role);
    }
  }
  const roles = [...byArn.values()];
  const used = [...policiesOf(roles)];
  const policies = used.flatMap((arn) => {
    const document = documents.get(arn);
    const policy =
      document !== undefined &&
      reading.shaped(managedPolicySchema, { arn, document }, READ, { ...place, subject: arn });
    return policy ? [policy] : [];
  });
  // After a page was lost, a document that is not there may have been on it: asking for each would repeat the read.
  const absent = pages.complete ? used.filter((arn) => !documents.has(arn)) : [];
  return { roles, policies: [...policies, ...(await readPolicyDocuments(account, absent))] };
}

/** IAM returns all versions of customer managed policies: only the default one is in force. */
function defaultVersion(policy: ManagedPolicyDetail): Item[] {
  const version = policy.PolicyVersionList?.find(
    ({ IsDefaultVersion, VersionId }) => IsDefaultVersion === true || VersionId === policy.DefaultVersionId,
  );
  return policy.Arn && version?.Document
    ? [{ policy: { arn: policy.Arn, document: decodeDocument(version.Document) } }]
    : [];
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

function* policiesOf(roles: readonly Role[]): Generator<string> {
  yield* new Set(
    roles.flatMap((role) => [
      ...(role.attachedPolicies ?? []),
      ...(role.permissionsBoundary === undefined ? [] : [role.permissionsBoundary]),
    ]),
  );
}
