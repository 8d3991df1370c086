import type * as iam from '@aws-sdk/client-iam';
import type { Policy, PolicyVersion } from '@aws-sdk/client-iam';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { PolicyState } from '../state.ts';
import { encodeDocument } from './documents.ts';
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from './errors.ts';
import { byName, iamPage } from './lists.ts';
import { managedPolicies, managedPolicy } from './managed-policies.ts';
import { checkIdentityPolicy } from './role-policies.ts';
import { tagMap } from './tags.ts';

/** How many roles have a policy attached. */
export function attachmentCount(call: Call, arn: string): number {
  return [...call.account.iam.visible().roles.values()].filter(({ attached }) => attached.includes(arn))
    .length;
}

/** How many roles have a policy as their boundary. */
export function boundaryCount(call: Call, arn: string): number {
  return [...call.account.iam.visible().roles.values()].filter(({ boundary }) => boundary === arn).length;
}

/** When the newest version was made. */
export function updated({ versions, created }: PolicyState): Date {
  return [...versions.values()].at(-1)?.created ?? created;
}

function described(call: Call, policy: PolicyState): Policy {
  return {
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
  };
}

export function describedVersions(policy: PolicyState, withDocument: boolean): PolicyVersion[] {
  return [...policy.versions].map(([id, { document, created }]) => ({
    ...(withDocument ? { Document: encodeDocument(document) } : {}),
    VersionId: id,
    IsDefaultVersion: id === policy.defaultVersion,
    CreateDate: created,
  }));
}

const notFound = (arn: string | undefined) => noSuchEntity(`Policy ${arn} was not found.`);

function live(call: Call, arn: string | undefined): PolicyState {
  const policy = call.account.iam.live.policies.get(arn ?? '');
  if (policy === undefined) throw notFound(arn);
  return policy;
}

function visible(call: Call, arn: string | undefined): PolicyState {
  const own = call.account.iam.visible().policies.get(arn ?? '');
  const policy = own ?? managedPolicy(call.account.partition, arn ?? '');
  if (policy === undefined) throw notFound(arn);
  return policy;
}

function createPolicy(call: Call, input: iam.CreatePolicyCommandInput): PolicyState {
  const name = input.PolicyName ?? '';
  const path = input.Path ?? '/';
  const { policies } = call.account.iam.live;
  const taken = [...policies.values()].some((other) => other.name.toLowerCase() === name.toLowerCase());
  if (taken) throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  checkIdentityPolicy(input.PolicyDocument ?? '');
  const arn = `arn:${call.account.partition}:iam::${call.account.id}:policy${path}${name}`;
  const policy: PolicyState = {
    name,
    path,
    arn,
    id: call.world.ids.unique('ANPA'),
    created: call.now,
    description: input.Description,
    versions: new Map([['v1', { document: input.PolicyDocument ?? '', created: call.now }]]),
    defaultVersion: 'v1',
    nextVersion: 2,
    tags: tagMap(input.Tags),
  };
  policies.set(arn, policy);
  return policy;
}

function createVersion(call: Call, input: iam.CreatePolicyVersionCommandInput): string {
  const policy = live(call, input.PolicyArn);
  checkIdentityPolicy(input.PolicyDocument ?? '');
  if (policy.versions.size >= 5) {
    throw limitExceeded(
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
  }
  const id = `v${policy.nextVersion}`;
  policy.nextVersion += 1;
  policy.versions.set(id, { document: input.PolicyDocument ?? '', created: call.now });
  if (input.SetAsDefault === true) policy.defaultVersion = id;
  return id;
}

/** Customer managed policies, and reading those of AWS. */
export const policyOperations: Operations<typeof iam> = {
  CreatePolicy: write((call, input) => ({ Policy: described(call, createPolicy(call, input)) })),
  GetPolicy: read((call, { PolicyArn }) => ({ Policy: described(call, visible(call, PolicyArn)) })),
  GetPolicyVersion: read((call, { PolicyArn, VersionId }) => {
    const version = describedVersions(visible(call, PolicyArn), true).find(
      (one) => one.VersionId === VersionId,
    );
    if (version === undefined) {
      throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`);
    }
    return { PolicyVersion: version };
  }),
  ListPolicyVersions: read((call, input) => {
    const { items, rest } = iamPage(call, describedVersions(visible(call, input.PolicyArn), false), input);
    return { Versions: items, ...rest };
  }),
  ListPolicies: read((call, input) => {
    const own = byName(call.account.iam.visible().policies.values()).filter(
      ({ arn }) => !arn.includes(':aws:policy/'),
    );
    const theirs = managedPolicies(call.account.partition);
    const scoped = input.Scope === 'Local' ? own : input.Scope === 'AWS' ? theirs : [...own, ...theirs];
    const wanted = scoped.filter(({ arn }) => input.OnlyAttached !== true || attachmentCount(call, arn) > 0);
    const { items, rest } = iamPage(call, wanted, input);
    return { Policies: items.map((policy) => described(call, policy)), ...rest };
  }),
  CreatePolicyVersion: write((call, input) => {
    const id = createVersion(call, input);
    const version = describedVersions(live(call, input.PolicyArn), false).find(
      ({ VersionId }) => VersionId === id,
    );
    return { PolicyVersion: version };
  }),
  SetDefaultPolicyVersion: write((call, { PolicyArn, VersionId }) => {
    const policy = live(call, PolicyArn);
    if (!policy.versions.has(VersionId ?? '')) throw notFound(`${PolicyArn} version ${VersionId}`);
    policy.defaultVersion = VersionId ?? '';
    return {};
  }),
  DeletePolicyVersion: write((call, { PolicyArn, VersionId }) => {
    const policy = live(call, PolicyArn);
    if (VersionId === policy.defaultVersion) {
      throw deleteConflict('Cannot delete the default version of a policy.');
    }
    if (!policy.versions.delete(VersionId ?? '')) throw notFound(`${PolicyArn} version ${VersionId}`);
    return {};
  }),
  DeletePolicy: write((call, { PolicyArn }) => {
    const policy = live(call, PolicyArn);
    const users = [...call.account.iam.live.roles.values()];
    if (users.some(({ attached }) => attached.includes(policy.arn))) {
      throw deleteConflict('Cannot delete a policy attached to entities.');
    }
    if (policy.versions.size > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    call.account.iam.live.policies.delete(policy.arn);
    return {};
  }),
};
