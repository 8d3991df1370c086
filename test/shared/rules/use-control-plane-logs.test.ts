import { cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-control-plane-logs.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const { logging: _, ...unread } = cluster();

ruleCases(rule, [
  {
    when: 'neither is on',
    estate: estateOf({ clusters: [cluster({ logging: [] })] }),
    is: 'fail',
    severity: 'low',
    says: /audit and authenticator/,
  },
  {
    when: 'one is on',
    estate: estateOf({ clusters: [cluster({ logging: ['api', 'audit'] })] }),
    is: 'fail',
    says: /authenticator log/,
  },
  { when: 'both are on', estate: estateOf(), is: 'pass' },
  { when: 'the logging was not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  { when: 'the regions were not read', estate: without('regions'), is: 'unknown' },
  {
    when: 'the cluster is being deleted',
    estate: estateOf({ clusters: [cluster({ status: 'DELETING', logging: [] })] }),
    is: 'not applicable',
  },
]);
