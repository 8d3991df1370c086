import type { Association, PodIdentityDenial, Snapshot } from '../../../shared/estate/snapshot.ts';
import { denialsOf, observing, podDenial } from '../../../shared/rules/examples/denied.ts';
import {
  association,
  cluster,
  estateOf,
  podIdentityStatement,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-denied-pod-identity.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ONE_POD, trusting, without } from '../../support/rule-estates.ts';

const BROKEN = podIdentityStatement({ Action: 'sts:AssumeRole' });
const JUST_NOW = '2026-11-21T23:50:00Z';
const other = association({ id: 'a-example2', serviceAccount: 'worker' });
const gone = association({ id: 'a-example3', serviceAccount: 'gone', roleArn: `${ROLE_ARN}-gone` });

function estate(associations: readonly Association[] | undefined, statement = ONE_POD): Snapshot {
  const { podIdentityAssociations: _, ...rest } = cluster({ autoMode: true });
  const read = associations === undefined ? {} : { podIdentityAssociations: [...associations] };
  return trusting([statement], { clusters: [{ ...rest, ...read }] });
}
const refused = (snapshot: Snapshot, changes: Partial<PodIdentityDenial> = {}) =>
  observing(snapshot, denialsOf({ pod: [podDenial(changes)] }));

ruleCases(rule, [
  {
    when: 'one association is broken, and the others work',
    estate: refused(estate([association(), gone])),
    is: 'fail',
    severity: 'low',
    says: /only shop\/gone is broken/,
  },
  {
    when: 'several are broken: none is blamed',
    estate: refused(estate([association(), other], BROKEN)),
    is: 'fail',
    severity: 'low',
    says: /2 can be meant: shop\/checkout, shop\/worker/,
  },
  {
    when: 'all work, nobody was refused for hours, and no change explains it',
    estate: refused(estate([association()])),
    is: 'unknown',
  },
  {
    when: 'all work, one was changed since an older reading, and nobody was refused for hours',
    estate: refused(estate([association()]), { changed: { after: '2026-11-21T12:00:00Z' } }),
    is: 'pass',
  },
  {
    when: 'all work, and refusals go on after the last change',
    estate: refused(estate([association()]), { last: JUST_NOW, changed: { before: '2026-11-20T00:00:00Z' } }),
    is: 'fail',
    severity: 'medium',
    says: /control policy/,
  },
  {
    when: 'the association was changed after the refusal',
    estate: refused(estate([association({ modified: '2026-11-21T23:55:00Z' })]), { last: JUST_NOW }),
    is: 'pass',
  },
  {
    when: 'all work, the refusal is minutes old, and the last change is not known',
    estate: refused(estate([association()]), { last: JUST_NOW }),
    is: 'unknown',
  },
  { when: 'the associations were not read', estate: refused(estate(undefined)), is: 'unknown' },
  { when: 'the cluster is not there any more', estate: refused(estate([]), { cluster: 'old' }), is: 'pass' },
  {
    when: 'the clusters were not read',
    estate: refused(without('regions', estate([])), { cluster: 'old' }),
    is: 'unknown',
  },
  {
    when: 'the refusal is two days old',
    estate: refused(estate([gone]), { last: '2026-11-20T00:00:00Z', first: '2026-11-20T00:00:00Z' }),
    is: 'not applicable',
  },
  { when: 'nothing was observed', estate: estateOf(), is: 'not applicable' },
]);
