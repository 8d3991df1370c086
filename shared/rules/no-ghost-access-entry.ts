import type { ClusterView } from '../estate/estate.ts';
import { deleteEntry } from '../identity/access/commands.ts';
import { accessOf, type Way } from '../identity/access/ways.ts';
import { declined } from '../plans/draft.ts';
import { draftNoEntry } from '../plans/drafts/access-entry.ts';
import { defineRule } from './define-rule.ts';
import { openWays, standingOfWay, type WayIn, wayWhere } from './doors/ways-in.ts';
import { entry, readCluster, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Access entries of principals that do not exist. */
export default defineRule({
  number: 'PT-403',
  name: 'no-ghost-access-entry',
  kind: 'rot',
  fix: 'guarded',
  title: 'The access entry is for a principal that does not exist',
  why: 'It lets nobody in, and never will: a role or user that is made again under the same name has another id. It only looks as if somebody had access.',
  remedy: 'Delete the access entry.',
  references: [ACCESS_ENTRIES],
  examples: () => {
    const clusters = [readCluster({ accessEntries: [entry()] })];
    return {
      fails: estateExample('The role was deleted', { clusters }, entry()),
      passes: estateExample('The role exists', { clusters, roles: [teamRole()] }, entry()),
    };
  },
  needs: ['accessEntries'],
  subjects: (scope) => openWays(scope, 'access-entry').filter(({ way }) => way.purpose !== 'eks'),
  where: wayWhere,
  check: (wayIn, { estate }) => {
    const standing = standingOfWay(wayIn, estate);
    if (standing?.kind === 'unread') return unknown(standing.missing);
    return standing?.kind === 'absent' ? fail({ principal: wayIn.way.principal ?? '' }) : pass;
  },
  severity: () => 'low',
  message: ({ principal }, { cluster: { cluster } }) =>
    `${cluster.name} has an access entry for ${principal}, which does not exist.`,
  identity: () => [],
  repair: ({ principal }, { cluster }: WayIn) => ({ text: `Delete it: ${deleteEntry(cluster, principal)}` }),
  plan: (_, { cluster, way }: WayIn, __, repair) =>
    way.entry === undefined
      ? declined(repair.text)
      : draftNoEntry(cluster, way.entry, hiddenRows(cluster, way)),
});

/** Rows of aws-auth for the same principal, which count as soon as there is no entry for it. */
function hiddenRows(cluster: ClusterView, { principal }: Way): string[] {
  return accessOf(cluster)
    .ways.filter(
      (other) =>
        other.surface === 'aws-auth' &&
        other.state === 'shadowed' &&
        other.principal?.toLowerCase() === principal?.toLowerCase(),
    )
    .map(
      ({ username, groups }) =>
        `aws-auth maps ${principal ?? 'it'} too, as ${username ?? 'nobody'} in ${(groups ?? []).join(', ') || 'no group'}: without the entry that counts, for whoever may make a principal of this name. Remove the row first.`,
    );
}
