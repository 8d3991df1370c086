import { eksRequest, eksResponse } from '../records/conventions.ts';
import { operationTable, type Service } from '../service.ts';
import { accessEntryOperations } from './access-entries.ts';
import { addonOperations } from './addons.ts';
import { associationOperations } from './associations.ts';
import { capabilityOperations } from './capabilities.ts';
import { clusterOperations } from './clusters.ts';
import { computeOperations } from './compute.ts';
import { denied, serverError, throttled } from './errors.ts';
import { identityProviderConfigOperations } from './identity-provider-configs.ts';
import { tagOperations } from './tags.ts';
import { updateOperations } from './updates.ts';

/**
 * Parameters of a path, which CloudTrail keeps percent-encoded. For AssociateAccessPolicy that was published (stratus
 * red team); the others are inferred from it.
 */
const IN_PATH: Readonly<Record<string, readonly string[]>> = {
  AssociateAccessPolicy: ['principalArn'],
  DisassociateAccessPolicy: ['principalArn', 'policyArn'],
  UpdateAccessEntry: ['principalArn'],
  DeleteAccessEntry: ['principalArn'],
  TagResource: ['resourceArn'],
  UntagResource: ['resourceArn'],
};

/** EKS, one state per account and region. */
export const eksService: Service = {
  prefix: 'eks',
  eventSource: 'eks.amazonaws.com',
  global: false,
  operations: operationTable(
    clusterOperations,
    updateOperations,
    addonOperations,
    associationOperations,
    accessEntryOperations,
    computeOperations,
    capabilityOperations,
    identityProviderConfigOperations,
    tagOperations,
  ),
  denied,
  throttled,
  serverError,
  record: (operation, input, output) => ({
    requestParameters: eksRequest(input, IN_PATH[operation] ?? []),
    responseElements: output === null || Object.keys(output).length === 0 ? null : eksResponse(output),
  }),
};
