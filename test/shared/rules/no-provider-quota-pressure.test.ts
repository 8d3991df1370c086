import { estateOf, provider } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-provider-quota-pressure.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const many = (count: number, quota?: number) =>
  estateOf({
    oidcProviders: Array.from({ length: count }, (_, index) =>
      provider({ arn: `${provider().arn}${index}` }),
    ),
    quotas: quota === undefined ? {} : { oidcProviders: quota },
  });

ruleCases(rule, [
  { when: '80 of 100', estate: many(80, 100), is: 'fail', severity: 'low' },
  { when: '100 of 100', estate: many(100, 100), is: 'fail', severity: 'medium' },
  { when: '79 of 100', estate: many(79, 100), is: 'pass' },
  { when: '100 of 700', estate: many(100, 700), is: 'pass' },
  { when: '79 with the quota unread, which is 100 at least', estate: many(79), is: 'pass' },
  { when: '80 with the quota unread', estate: many(80), is: 'unknown' },
  { when: 'the providers were not read', estate: without('oidcProviders'), is: 'unknown' },
  { when: 'there is no account', estate: { ...estateOf(), accounts: [] }, is: 'not applicable' },
]);
