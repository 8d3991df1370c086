import { cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-access-entries.ts';
import { unreadList } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const mode = (authenticationMode: 'API' | 'API_AND_CONFIG_MAP' | 'CONFIG_MAP', more = {}) =>
  estateOf({ clusters: [cluster({ authenticationMode, ...more })] });

ruleCases(rule, [
  { when: 'aws-auth alone', estate: mode('CONFIG_MAP'), is: 'fail', severity: 'low', says: /shop/ },
  { when: 'entries and aws-auth', estate: mode('API_AND_CONFIG_MAP'), is: 'pass' },
  { when: 'entries alone', estate: mode('API'), is: 'pass' },
  { when: 'the mode was not read', estate: unreadList(mode('API'), 'authenticationMode'), is: 'unknown' },
  {
    when: 'the cluster is being deleted',
    estate: mode('CONFIG_MAP', { status: 'DELETING' }),
    is: 'not applicable',
  },
]);
