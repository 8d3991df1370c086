import { type Fields, field, fields, inner, percentDecoded } from '../fields.ts';
import { policyArnIn, roleNameIn } from '../names.ts';
import type { RoleTrigger } from '../trigger.ts';
import { changeReaders } from './reader.ts';

/** What each operation changes. Parameters: roleName, and policyArn, policyName, policyDocument, tags, … */
const CHANGES = {
  CreateRole: 'created',
  DeleteRole: 'deleted',
  UpdateAssumeRolePolicy: 'trust-policy',
  AttachRolePolicy: 'permissions',
  DetachRolePolicy: 'permissions',
  PutRolePolicy: 'permissions',
  DeleteRolePolicy: 'permissions',
  PutRolePermissionsBoundary: 'permissions',
  DeleteRolePermissionsBoundary: 'permissions',
  UpdateRole: 'settings',
  UpdateRoleDescription: 'settings',
  TagRole: 'settings',
  UntagRole: 'settings',
} as const satisfies Record<string, RoleTrigger['change']>;

type Operation = keyof typeof CHANGES;

/** Longest trust policy that IAM takes is 8,192 characters without whitespace; as sent it may carry some. */
const LONGEST_DOCUMENT = 65_536;

/** IAM's writes of roles: records carry the role's name alone. */
export const roleReaders = changeReaders(
  'iam.amazonaws.com',
  Object.keys(CHANGES).filter(isOperation),
  (frame, record, name) => {
    const roleName = roleNameIn(record);
    if (roleName === undefined) return null;
    const parameters = fields(record['requestParameters']);
    const document = trustDocument(parameters, record, name);
    const policyArn = policyArnIn(parameters, 'policyArn') ?? policyArnIn(parameters, 'permissionsBoundary');
    return {
      ...frame,
      kind: 'role',
      change: CHANGES[name],
      roleName,
      ...(document !== undefined && { document }),
      ...(policyArn !== undefined && { policyArn }),
    };
  },
);

function isOperation(name: string): name is Operation {
  return Object.hasOwn(CHANGES, name);
}

/** The trust policy: raw JSON text in a request, percent-encoded in CreateRole's answer. */
function trustDocument(parameters: Fields, record: Fields, name: Operation): string | undefined {
  if (name === 'UpdateAssumeRolePolicy') return whole(field(parameters, 'policyDocument'));
  if (name !== 'CreateRole') return undefined;
  const answered = field(inner(fields(record['responseElements']), 'role'), 'assumeRolePolicyDocument');
  const decoded = typeof answered === 'string' ? percentDecoded(answered) : undefined;
  return whole(field(parameters, 'assumeRolePolicyDocument')) ?? whole(decoded);
}

/** A document that was cut would never be recognized: whole or not at all. */
function whole(document: unknown): string | undefined {
  return typeof document === 'string' && document !== '' && document.length <= LONGEST_DOCUMENT
    ? document
    : undefined;
}
