import { createEntry, deleteEntry } from '../identity/access/commands.ts';
import { grantText } from '../identity/access/policies.ts';
import { madeFor } from '../identity/access/tombstone.ts';
import { declined } from '../plans/draft.ts';
import { draftEntryAnew } from '../plans/drafts/access-entry.ts';
import { defineRule } from './define-rule.ts';
import { openWays, standingOfWay, type WayIn, wayWhere } from './doors/ways-in.ts';
import { entry, readCluster, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Access entries of principals that were deleted and made again since. */
export default defineRule({
  number: 'PT-404',
  name: 'no-tombstoned-access-entry',
  kind: 'broken',
  fix: 'guarded',
  title: 'The access entry is for a principal that was made again since',
  why: 'EKS keeps the unique id of the principal with the entry. A role that was deleted and made again has another id: the entry looks right, shows the right ARN, and lets nobody in.',
  remedy: 'Delete the access entry and create it again, with its groups, username and policies.',
  references: [ACCESS_ENTRIES],
  examples: () => {
    const clusters = [readCluster({ accessEntries: [entry()] })];
    const made = (created: string) => ({ clusters, roles: [teamRole({ created })] });
    return {
      fails: estateExample('The role is younger than its entry', made('2026-03-01T00:00:00Z'), {
        entry: { principalArn: entry().principalArn, created: entry().created },
        role: { created: '2026-03-01T00:00:00Z' },
      }),
      passes: estateExample('The role is older than its entry', made('2026-01-05T08:00:00Z'), {
        entry: { principalArn: entry().principalArn, created: entry().created },
        role: { created: '2026-01-05T08:00:00Z' },
      }),
    };
  },
  needs: ['accessEntries'],
  subjects: (scope) => openWays(scope, 'access-entry').filter(({ way }) => way.purpose !== 'eks'),
  where: wayWhere,
  check: (wayIn, { estate }) => {
    const standing = standingOfWay(wayIn, estate);
    const { entry: made, principal } = wayIn.way;
    if (standing === null || made === undefined) return pass;
    if (standing.kind !== 'exists' && standing.kind !== 'unread') return pass;
    const answer = madeFor(made, standing);
    if (answer.kind === 'unread') return unknown(answer.missing);
    return answer.kind === 'for-this'
      ? pass
      : fail({ principal: principal ?? '', entryCreated: answer.entry, principalCreated: answer.principal });
  },
  severity: (_, { way }) => (way.purpose === 'nodes' ? 'high' : 'medium'),
  message: ({ principal, entryCreated, principalCreated }, { cluster: { cluster } }) =>
    `The access entry of ${cluster.name} for ${principal} was made at ${entryCreated}, and the principal of today at ${principalCreated}: it lets nobody in.`,
  identity: () => [],
  repair: ({ principal }, { cluster, way }: WayIn) => {
    const type = way.type === undefined || way.type === 'STANDARD' ? undefined : way.type;
    const policies = (way.policies ?? []).map(grantText);
    const after = policies.length === 0 ? '' : ` Then associate again: ${policies.join('; ')}.`;
    return {
      text: `Make it again: ${deleteEntry(cluster, principal)} && ${createEntry(cluster, principal, type)}${groupsOf(way.groups, type)}.${after}`,
    };
  },
  plan: ({ principal, entryCreated, principalCreated }, { cluster, way }: WayIn, _, repair) =>
    way.entry === undefined
      ? declined(repair.text)
      : draftEntryAnew({
          cluster,
          entry: way.entry,
          title: `Make the access entry of ${principal} in cluster ${cluster.cluster.name} anew.`,
          wish: `the access entry, which was made at ${entryCreated} for another principal of this name`,
          approval: [
            `The entry was made at ${entryCreated}, and the principal of today at ${principalCreated}: whether it is the same person or program is for somebody to say.`,
          ],
        }),
});

function groupsOf(groups: readonly string[] | null, type: string | undefined): string {
  if (type !== undefined || groups === null || groups.length === 0) return '';
  return ` --kubernetes-groups ${groups.map((group) => `'${group.replaceAll("'", '')}'`).join(' ')}`;
}
