import type * as account from '@aws-sdk/client-account';
import {
  AccessDeniedException,
  AccountServiceException,
  InternalServerException,
  TooManyRequestsException,
  ValidationException,
} from '@aws-sdk/client-account';
import { type Operations, read } from '../operation.ts';
import { page } from '../paging.ts';
import { operationTable, type Service, shape } from '../service.ts';

const operations: Operations<typeof account> = {
  ListRegions: read((call, input) => {
    const wanted = input.RegionOptStatusContains ?? [];
    const enabled =
      wanted.length === 0 || wanted.includes('ENABLED') || wanted.includes('ENABLED_BY_DEFAULT');
    const all = enabled ? [...call.account.regions.keys()] : [];
    const { items, next } = page(
      all,
      Math.min(input.MaxResults ?? 50, call.pageSize),
      input.NextToken,
      () =>
        new ValidationException({
          ...shape('ValidationException', 400, 'Invalid NextToken.'),
          message: 'Invalid NextToken.',
        }),
    );
    return {
      Regions: items.map((RegionName) => ({ RegionName, RegionOptStatus: 'ENABLED_BY_DEFAULT' as const })),
      NextToken: next,
    };
  }),
  GetAccountInformation: read(({ account: { id, name } }) => ({ AccountId: id, AccountName: name })),
};

/** The account service: which regions are enabled. */
export const accountService: Service = {
  prefix: 'account',
  eventSource: 'account.amazonaws.com',
  global: false,
  operations: operationTable(operations),
  denied: (message) => new AccessDeniedException(shape('AccessDeniedException', 403, message)),
  throttled: () => new TooManyRequestsException(shape('TooManyRequestsException', 429, 'Rate exceeded')),
  serverError: (status) =>
    status === 500
      ? new InternalServerException(shape('InternalServerException', 500, 'Internal error'))
      : new AccountServiceException(shape('ServiceUnavailable', 503, 'Service unavailable')),
  record: () => ({}),
};
