import { association, cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-association-quota-pressure.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const many = (count: number) =>
  estateOf({
    clusters: [
      cluster({
        podIdentityAssociations: Array.from({ length: count }, (_, index) =>
          association({ id: `a-${index}`, serviceAccount: `sa-${index}` }),
        ),
      }),
    ],
  });
const { podIdentityAssociations: _, ...unread } = cluster();

ruleCases(rule, [
  { when: '4,000 of 5,000', estate: many(4000), is: 'fail', severity: 'low' },
  { when: '5,000 of 5,000', estate: many(5000), is: 'fail', severity: 'medium' },
  { when: '3,999 of 5,000', estate: many(3999), is: 'pass' },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  { when: 'the regions were not read', estate: without('regions'), is: 'unknown' },
  { when: 'no cluster', estate: estateOf({ clusters: [] }), is: 'not applicable' },
]);
