import type * as iam from '@aws-sdk/client-iam';
import type { Role } from '@aws-sdk/client-iam';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { RoleState } from '../state.ts';
import { encodeDocument } from './documents.ts';
import {
  alreadyExists,
  deleteConflict,
  invalidInput,
  limitExceeded,
  noSuchRole,
  unmodifiable,
  validation,
} from './errors.ts';
import { byName, iamPage } from './lists.ts';
import { dropTags, putTags, tagList, tagMap } from './tags.ts';
import { checkTrustPolicy, degradePrincipal } from './trust.ts';

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

/** The role for a write, or NoSuchEntity. */
function liveRole(call: Call, name: string | undefined): RoleState {
  const role = call.account.iam.live.roles.get((name ?? '').toLowerCase());
  if (role === undefined) throw noSuchRole(name ?? '');
  return role;
}

/** The role for a write that service-linked roles refuse. */
export function editableRole(call: Call, name: string | undefined): RoleState {
  const role = liveRole(call, name);
  if (role.path.startsWith('/aws-service-role/')) {
    throw unmodifiable(
      `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
    );
  }
  return role;
}

/** The role as reads see it, or NoSuchEntity. */
export function visibleRole(call: Call, name: string | undefined): RoleState {
  const role = call.account.iam.visible().roles.get((name ?? '').toLowerCase());
  if (role === undefined) throw noSuchRole(name ?? '');
  return role;
}

/** What ListRoles returns of a role: no boundary, tags or last use. */
function listedRole(role: RoleState): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.created,
    AssumeRolePolicyDocument: encodeDocument(role.trust),
    MaxSessionDuration: role.maxSessionDuration,
    ...(role.description === undefined ? {} : { Description: role.description }),
  };
}

/** What GetRole returns of a role. */
export function describedRole(role: RoleState): Role {
  return {
    ...listedRole(role),
    ...(role.boundary === undefined
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const,
            PermissionsBoundaryArn: role.boundary,
          },
        }),
    Tags: role.tags.size === 0 ? undefined : tagList(role.tags),
    RoleLastUsed:
      role.lastUsed === undefined ? {} : { LastUsedDate: role.lastUsed.at, Region: role.lastUsed.region },
  };
}

function createRole(call: Call, input: iam.CreateRoleCommandInput): RoleState {
  const name = input.RoleName ?? '';
  const path = input.Path ?? '/';
  const { live } = call.account.iam;
  if (!ROLE_NAME.test(name)) {
    throw validation(
      `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+`,
    );
  }
  if (live.roles.has(name.toLowerCase())) throw alreadyExists(`Role with name ${name} already exists.`);
  if (live.roles.size >= call.account.quotas.roles) {
    throw limitExceeded(`Cannot exceed quota for RolesPerAccount: ${call.account.quotas.roles}`);
  }
  const trust = input.AssumeRolePolicyDocument ?? '';
  checkTrustPolicy(call, trust);
  const role: RoleState = {
    name,
    path,
    arn: `arn:${call.account.partition}:iam::${call.account.id}:role${path}${name}`,
    id: call.world.ids.unique('AROA'),
    created: call.now,
    trust,
    maxSessionDuration: sessionDuration(input.MaxSessionDuration),
    description: input.Description,
    boundary: input.PermissionsBoundary,
    attached: [],
    inline: new Map(),
    tags: tagMap(input.Tags),
    lastUsed: undefined,
  };
  live.roles.set(name.toLowerCase(), role);
  return role;
}

function sessionDuration(seconds: number | undefined): number {
  const duration = seconds ?? 3600;
  if (duration < 3600 || duration > 43_200) {
    throw validation(
      `1 validation error detected: Value '${duration}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200`,
    );
  }
  return duration;
}

function deleteRole(call: Call, name: string | undefined): void {
  const role = editableRole(call, name);
  if (role.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (role.inline.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
  call.account.iam.live.roles.delete(role.name.toLowerCase());
  degradePrincipal(call.world.accounts, role);
}

/** Operations on roles themselves. */
export const roleOperations: Operations<typeof iam> = {
  CreateRole: write((call, input) => {
    const { RoleLastUsed: _, ...role } = describedRole(createRole(call, input));
    return { Role: role };
  }),
  GetRole: read((call, { RoleName }) => ({ Role: describedRole(visibleRole(call, RoleName)) })),
  ListRoles: read((call, input) => {
    const prefix = input.PathPrefix ?? '/';
    const roles = byName(call.account.iam.visible().roles.values()).filter(({ path }) =>
      path.startsWith(prefix),
    );
    const { items, rest } = iamPage(call, roles, input);
    return { Roles: items.map(listedRole), ...rest };
  }),
  DeleteRole: write((call, { RoleName }) => {
    deleteRole(call, RoleName);
    return {};
  }),
  UpdateRole: write((call, input) => {
    const role = editableRole(call, input.RoleName);
    if (input.MaxSessionDuration !== undefined)
      role.maxSessionDuration = sessionDuration(input.MaxSessionDuration);
    if (input.Description !== undefined) role.description = input.Description;
    return {};
  }),
  UpdateRoleDescription: write((call, input) => {
    const role = editableRole(call, input.RoleName);
    role.description = input.Description;
    return { Role: describedRole(role) };
  }),
  UpdateAssumeRolePolicy: write((call, input) => {
    const role = editableRole(call, input.RoleName);
    checkTrustPolicy(call, input.PolicyDocument ?? '');
    role.trust = input.PolicyDocument ?? '';
    return {};
  }),
  PutRolePermissionsBoundary: write((call, input) => {
    const role = editableRole(call, input.RoleName);
    const arn = input.PermissionsBoundary ?? '';
    if (!arn.startsWith('arn:')) throw invalidInput(`ARN ${arn} is not valid.`);
    role.boundary = arn;
    return {};
  }),
  DeleteRolePermissionsBoundary: write((call, { RoleName }) => {
    const role = editableRole(call, RoleName);
    role.boundary = undefined;
    return {};
  }),
  TagRole: write((call, { RoleName, Tags }) => {
    putTags(editableRole(call, RoleName).tags, Tags);
    return {};
  }),
  UntagRole: write((call, { RoleName, TagKeys }) => {
    dropTags(editableRole(call, RoleName).tags, TagKeys);
    return {};
  }),
  ListRoleTags: read((call, input) => {
    const { items, rest } = iamPage(call, tagList(visibleRole(call, input.RoleName).tags), input);
    return { Tags: items, ...rest };
  }),
};
