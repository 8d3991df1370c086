import type { AccountView } from '../estate/estate.ts';
import type { Trail } from '../estate/snapshot.ts';
import { defineRule } from './define-rule.ts';
import { estateExample } from './examples/estate.ts';
import { TRAIL_EVENTS } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';

interface Place {
  readonly account: AccountView;
  readonly region: string;
}

/** Regions with clusters whose management events no trail logs: podtrust is told of no change there, nor of any session. */
export default defineRule({
  number: 'PT-507',
  name: 'use-management-trail',
  kind: 'blind',
  fix: 'manual',
  title: 'No trail logs management events',
  why: 'Changes of roles, providers, associations and access entries, and the sessions that pods get, are CloudTrail management events. EventBridge passes them on only where a trail logs them; sessions count as reads.',
  remedy:
    'Create a multi-region trail with read and write management events, best for the whole organization.',
  references: [TRAIL_EVENTS],
  examples: () => {
    const trail: Trail = {
      arn: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/all',
      homeRegion: 'eu-west-1',
      multiRegion: true,
      logging: true,
      managementEvents: 'all',
    };
    const off = { ...trail, logging: false };
    return {
      fails: estateExample('The only trail is switched off', { trails: [off] }, off),
      passes: estateExample('A trail for all regions', { trails: [trail] }, trail),
    };
  },
  needs: ['clusters'],
  subjects: placesOf,
  where: ({ account, region }) => ({ account: account.id, region }),
  check: ({ account, region }) => {
    const covering = (account.account.trails ?? []).map((trail) => eventsOf(trail, region));
    if (covering.includes('all') || (covering.includes('write') && covering.includes('read'))) return pass;
    const missing = account.missing('trails');
    if (missing) return unknown(missing);
    if (covering.includes('unread')) {
      return unknown({
        read: 'cloudtrail:GetTrailStatus',
        reason: 'whether the trails log, and what, was not read',
      });
    }
    return fail({
      logged: covering.includes('write') ? 'write' : covering.includes('read') ? 'read' : 'none',
    });
  },
  severity: ({ logged }) => (logged === 'write' ? 'info' : 'medium'),
  message: ({ logged }, { account, region }) =>
    logged === 'write'
      ? `No trail of account ${account.id} logs read events in ${region}: failed sessions of pods are not seen.`
      : `No trail of account ${account.id} logs ${logged === 'read' ? 'write' : 'management'} events in ${region}.`,
  identity: () => [],
});

/** Regions of the account that hold clusters. */
function placesOf({ accounts }: Scope): Place[] {
  return accounts.flatMap((account) => {
    const regions = new Set(account.clusters.map(({ region }) => region));
    return [...regions].sort().map((region) => ({ account, region }));
  });
}

function eventsOf(trail: Trail, region: string): 'all' | 'write' | 'read' | 'none' | 'unread' {
  const { multiRegion, homeRegion, logging, managementEvents } = trail;
  if (multiRegion === false && homeRegion !== undefined && homeRegion !== region) return 'none';
  if (logging === false || managementEvents === 'none') return 'none';
  if (logging === undefined || managementEvents === undefined) return 'unread';
  if (multiRegion !== true && homeRegion === undefined) return 'unread';
  return managementEvents;
}
