import { fields, text } from '../fields.ts';
import type { EventReader } from './reader.ts';

/** Longest trust policy that IAM takes is 8,192 characters without whitespace; as sent it may carry some. */
const LONGEST_DOCUMENT = 65_536;

/** `iam:UpdateAssumeRolePolicy`: requestParameters { roleName, policyDocument }, responseElements null. */
export const updateAssumeRolePolicy: EventReader = {
  service: 'iam.amazonaws.com',
  name: 'UpdateAssumeRolePolicy',
  read(base, record) {
    const parameters = fields(record['requestParameters']);
    const roleName = text(parameters, 'roleName', 1024);
    if (roleName === undefined) return { outcome: 'ignored', reason: 'the record names no role' };
    if (!ROLE_NAME.test(roleName))
      return { outcome: 'ignored', reason: 'the record names a role that IAM cannot have' };
    const document = parameters['policyDocument'];
    return {
      outcome: 'trigger',
      trigger: {
        ...base,
        kind: 'trust-policy',
        roleName,
        ...(typeof document === 'string' && document.length <= LONGEST_DOCUMENT && { document }),
      },
    };
  },
};

/** IAM API reference, CreateRole, RoleName. */
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
