import { estateOf } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-management-trail.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/all';
const trail = {
  arn: ARN,
  homeRegion: 'eu-west-1',
  multiRegion: true,
  logging: true,
  managementEvents: 'all' as const,
};
const of = (...trails: Partial<typeof trail>[]) =>
  estateOf({ trails: trails.map((changes) => ({ ...trail, ...changes })) });
const { managementEvents: _, ...unread } = trail;

ruleCases(rule, [
  { when: 'there is no trail', estate: estateOf(), is: 'fail', severity: 'medium' },
  { when: 'it is switched off', estate: of({ logging: false }), is: 'fail' },
  {
    when: 'it takes no management events',
    estate: estateOf({ trails: [{ ...trail, managementEvents: 'none' }] }),
    is: 'fail',
  },
  {
    when: 'it is for another region',
    estate: of({ multiRegion: false, homeRegion: 'us-east-1' }),
    is: 'fail',
  },
  {
    when: 'it takes writes alone',
    estate: estateOf({ trails: [{ ...trail, managementEvents: 'write' }] }),
    is: 'fail',
    severity: 'info',
  },
  { when: 'a trail for all regions', estate: of(trail), is: 'pass' },
  { when: 'a trail of this region', estate: of({ multiRegion: false }), is: 'pass' },
  {
    when: 'two trails that share the work',
    estate: estateOf({
      trails: [
        { ...trail, managementEvents: 'read' },
        { ...trail, managementEvents: 'write' },
      ],
    }),
    is: 'pass',
  },
  { when: 'what it takes was not read', estate: estateOf({ trails: [unread] }), is: 'unknown' },
  { when: 'the trails were not read', estate: without('trails'), is: 'unknown' },
  { when: 'no cluster', estate: estateOf({ clusters: [] }), is: 'not applicable' },
]);
