import { operationTable, type Service } from '../service.ts';
import { denied, serverError, throttled } from './errors.ts';
import { stsOperations } from './operations.ts';

/** STS; its sessions write their own records. */
export const stsService: Service = {
  prefix: 'sts',
  eventSource: 'sts.amazonaws.com',
  global: false,
  operations: operationTable(stsOperations),
  denied,
  throttled,
  serverError,
  record: () => ({}),
};
