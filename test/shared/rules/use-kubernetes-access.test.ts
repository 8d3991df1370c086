import { cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-kubernetes-access.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

ruleCases(
  rule,
  [
    { when: 'a running cluster', estate: estateOf(), is: 'fail', severity: 'info' },
    { when: 'the regions were not read', estate: without('regions'), is: 'unknown' },
    {
      when: 'the cluster is being deleted',
      estate: estateOf({ clusters: [cluster({ status: 'DELETING' })] }),
      is: 'not applicable',
    },
  ],
  { pass: 'a snapshot holds no Kubernetes data yet' },
);
