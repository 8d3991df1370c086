import { operationTable, type Service } from '../service.ts';
import { denied, serverError, throttled } from './errors.ts';
import { cloudtrailOperations } from './operations.ts';

/** CloudTrail, as far as podtrust reads it. */
export const cloudtrailService: Service = {
  prefix: 'cloudtrail',
  eventSource: 'cloudtrail.amazonaws.com',
  global: false,
  operations: operationTable(cloudtrailOperations),
  denied,
  throttled,
  serverError,
  record: () => ({}),
};
