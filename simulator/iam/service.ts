import type { Recorded } from '../operation.ts';
import { iamDate, lowerCamel } from '../records/conventions.ts';
import { operationTable, type Service } from '../service.ts';
import { accountOperations } from './account.ts';
import { denied, serverError, throttled } from './errors.ts';
import { policyOperations } from './policies.ts';
import { providerOperations } from './providers.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { roleOperations } from './roles.ts';
import { userOperations } from './users.ts';

/** IAM. Its records carry raw documents in the request, percent-encoded ones in the response, and null for no answer. */
export const iamService: Service = {
  prefix: 'iam',
  eventSource: 'iam.amazonaws.com',
  global: true,
  operations: operationTable(
    roleOperations,
    rolePolicyOperations,
    policyOperations,
    providerOperations,
    userOperations,
    accountOperations,
  ),
  denied,
  throttled,
  serverError,
  record: (_operation, input, output) => {
    const empty = output === null || Object.keys(output).length === 0;
    return {
      requestParameters: recordOf(input),
      responseElements: empty ? null : recordOf(output),
    };
  },
};

function recordOf(value: object): Recorded['requestParameters'] & object {
  const recorded = lowerCamel(value, iamDate);
  return typeof recorded === 'object' && recorded !== null ? recorded : {};
}
