import type { ClusterView, Estate } from '../estate/estate.ts';
import type { Creator } from '../estate/snapshot.ts';
import type { Severity } from '../findings/finding.ts';
import { isAnother } from '../identity/access/creator.ts';
import { isSingleSignOn, parsePrincipal } from '../identity/access/principal.ts';
import { standingOf } from '../identity/access/standing.ts';
import { accessOf } from '../identity/access/ways.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { isDead, isMeantAdmin } from './doors/ways-in.ts';
import { CREATED, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { ACCESS_MODES, BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

type Kind = 'role' | 'person' | 'user' | 'root' | 'gone';

/** Clusters whose creator is administrator without being listed anywhere. */
export default defineRule({
  number: 'PT-402',
  name: 'no-hidden-creator-admin',
  kind: 'open',
  fix: 'manual',
  title: 'Whoever created the cluster is its administrator, and no list says so',
  why: 'Under CONFIG_MAP the creator is in system:masters for ever: neither aws-auth nor any API shows it, and nothing but another authentication mode takes it away. Whoever may become that principal owns the cluster.',
  remedy:
    'Change the authentication mode to API_AND_CONFIG_MAP: the creator becomes an access entry, which can be seen and deleted. Until then name the creator in `access.admins` of the configuration, if it is meant to be administrator.',
  references: [ACCESS_MODES, BEST_PRACTICES],
  examples: () => {
    const parts = {
      clusters: [
        readCluster({
          authenticationMode: 'CONFIG_MAP',
          creator: { arn: TEAM_ARN, id: 'AROAEXAMPLETEAM', session: 'ann', at: CREATED.cluster },
        }),
      ],
      roles: [teamRole()],
    };
    const show = { authenticationMode: 'CONFIG_MAP', creator: TEAM_ARN };
    return {
      fails: estateExample('A role created it', parts, show),
      passes: {
        ...estateExample('A role that is meant to be administrator created it', parts, show),
        config: { access: { admins: [TEAM_ARN], breakGlass: [], accounts: [] } },
      },
    };
  },
  needs: ['clusters'],
  subjects: ({ clusters }) =>
    clusters.filter(
      (view) => hasApiServer(view) && [undefined, 'CONFIG_MAP'].includes(view.cluster.authenticationMode),
    ),
  where: clusterWhere,
  check: (view, { estate, config }) => {
    const { authenticationMode, creatorAdmin, creator } = view.cluster;
    if (authenticationMode === undefined) {
      return unknown({ read: 'eks:DescribeCluster', reason: 'the authentication mode was not read' });
    }
    if (creatorAdmin === false) return pass;
    if (creator === undefined) {
      return unknown({ read: 'cloudtrail:LookupEvents', reason: 'who created the cluster is not known' });
    }
    if (isMeantAdmin(config, creator.arn)) return pass;
    const kind = kindOf(creator, estate);
    return fail({
      creator: creator.arn,
      kind,
      ...(creator.session !== undefined && { session: creator.session }),
      created: creator.at,
      onlyAdmin: !hasOtherAdmin(view, estate),
    });
  },
  severity: ({ kind }): Severity => (kind === 'role' ? 'medium' : 'high'),
  message: ({ creator, kind, session }, { cluster: { name } }) =>
    `${creator}${session === undefined ? '' : ` (session ${session})`} created ${name} and is its administrator, listed nowhere${NOTES[kind]}.`,
  consequences: ({ kind, onlyAdmin }) =>
    kind === 'gone' && onlyAdmin
      ? ['No other administrator of the cluster is known: nobody may be left.']
      : [],
  identity: ({ creator }) => [creator],
});

const NOTES: Readonly<Record<Kind, string>> = {
  role: '',
  person: ': a role of single sign-on, which people share',
  user: ': a user, whose keys do not expire',
  root: ': the root user',
  gone: ': it does not exist any more, and whoever makes a principal of that name may get the access',
};

function kindOf(creator: Creator, estate: Estate): Kind {
  const who = parsePrincipal(creator.arn);
  if (who === null) return 'role';
  const standing = standingOf(who, estate);
  if (standing.kind === 'absent' || standing.kind === 'elsewhere' || isAnother(creator, standing))
    return 'gone';
  if (who.kind === 'user' || who.kind === 'root') return who.kind;
  return isSingleSignOn(who) ? 'person' : 'role';
}

function hasOtherAdmin(cluster: ClusterView, estate: Estate): boolean {
  return accessOf(cluster).ways.some(
    (way) =>
      way.surface !== 'creator' &&
      way.state === 'open' &&
      way.rights().atLeast === 'cluster-admin' &&
      !isDead({ cluster, way }, estate),
  );
}
