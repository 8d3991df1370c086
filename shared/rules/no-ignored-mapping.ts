import type { ClusterView, Estate, Missing } from '../estate/estate.ts';
import { isNodeRole } from '../identity/access/node-roles.ts';
import { canonicalArn } from '../identity/access/principal.ts';
import { standingOf } from '../identity/access/standing.ts';
import { accessOf, type Way } from '../identity/access/ways.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { awsAuth, entry, kubernetes, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { ACCESS_MIGRATION, ACCESS_MODES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Clusters with mappings where their authentication mode does not look, of principals that nothing else lets in. */
export default defineRule({
  number: 'PT-413',
  name: 'no-ignored-mapping',
  kind: 'broken',
  fix: 'manual',
  title: 'Principals are mapped where the cluster does not look',
  why: 'The authentication mode decides which mappings count: under API those of aws-auth are ignored, under CONFIG_MAP the access entries. Whoever is mapped there alone is told "You must be logged in to the server".',
  remedy:
    'Create access entries for those who are meant to get in, and remove the mappings that do not count.',
  references: [ACCESS_MODES, ACCESS_MIGRATION],
  examples: () => {
    const mapRoles = `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [viewers]\n`;
    const parts = (accessEntries: ReturnType<typeof entry>[]) => ({
      clusters: [readCluster({ accessEntries, kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles }) }) })],
      roles: [teamRole()],
    });
    const show = { authenticationMode: 'API', mapRoles };
    return {
      fails: estateExample('aws-auth maps a role, under API', parts([]), { ...show, accessEntries: [] }),
      passes: estateExample('What is left in aws-auth has an entry', parts([entry()]), {
        ...show,
        accessEntries: [TEAM_ARN],
      }),
    };
  },
  needs: ['clusters'],
  weighs: ['kubernetes:awsAuth'],
  subjects: ({ clusters }) =>
    clusters.filter((view) => hasApiServer(view) && view.cluster.authenticationMode !== 'API_AND_CONFIG_MAP'),
  where: clusterWhere,
  check: (cluster, { estate }) => {
    const mode = cluster.cluster.authenticationMode;
    if (mode === undefined) {
      return unknown({ read: 'eks:DescribeCluster', reason: 'the authentication mode was not read' });
    }
    const { ways } = accessOf(cluster);
    const counted = new Set(ways.filter(({ state }) => state === 'open').flatMap(keys));
    const ignored = ways.filter(
      (way) =>
        way.state === 'ignored' && way.purpose !== 'eks' && keys(way).every((key) => !counted.has(key)),
    );
    const lost = ignored.filter((way) => !isNode(way, cluster) && mayExist(way, estate));
    const missing = unreadOf(cluster, mode);
    if (missing !== null) return unknown(missing);
    if (lost.length === 0) return pass;
    return fail({ authenticationMode: mode, principals: lost.map(({ principal }) => principal ?? '') });
  },
  severity: () => 'medium',
  message: ({ authenticationMode, principals }, { cluster: { name } }) =>
    `${name} has authentication mode ${authenticationMode}, and these are mapped ${authenticationMode === 'API' ? 'in aws-auth' : 'by access entries'} alone: ${principals.slice(0, 5).join(', ')}${principals.length > 5 ? ` and ${principals.length - 5} more` : ''}.`,
  identity: () => [],
});

function keys({ who, principal }: Way): string[] {
  if (who !== null) return [canonicalArn(who).toLowerCase()];
  return principal === null ? [] : [principal];
}

/** Nodes that nothing lets in are told by a rule of their own. */
function isNode(way: Way, cluster: ClusterView): boolean {
  return way.principal !== null && isNodeRole(way.principal, cluster);
}

/** What is left of a principal that was deleted locks nobody out. */
function mayExist({ who }: Way, estate: Estate): boolean {
  return who === null || standingOf(who, estate).kind !== 'absent';
}

function unreadOf(cluster: ClusterView, mode: 'API' | 'CONFIG_MAP' | 'API_AND_CONFIG_MAP'): Missing | null {
  const awsAuthUnread = cluster.kubernetes.missing('awsAuth');
  return mode === 'API' ? (awsAuthUnread ?? cluster.missing('accessEntries')) : awsAuthUnread;
}
