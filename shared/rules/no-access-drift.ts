import type { Missing } from '../estate/estate.ts';
import type { AccessGrade } from '../identity/access/policies.ts';
import { canonicalArn } from '../identity/access/principal.ts';
import { accessOf, type Way } from '../identity/access/ways.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { isDead, type WayIn, wayWhere } from './doors/ways-in.ts';
import {
  accessPolicy,
  awsAuth,
  entry,
  kubernetes,
  readCluster,
  TEAM_ARN,
  teamRole,
} from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_MIGRATION } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';

interface Both extends WayIn {
  readonly entry: Way;
}

/** Principals that have an access entry and a row of aws-auth with other rights. */
export default defineRule({
  number: 'PT-422',
  name: 'no-access-drift',
  kind: 'broken',
  fix: 'manual',
  title: 'The access entry gives other rights than the row of aws-auth',
  why: 'With both, the entry alone counts. Whoever reads or changes aws-auth sees rights that nobody has.',
  remedy: 'Give the entry the rights that are meant, and remove the row of aws-auth.',
  references: [ACCESS_MIGRATION],
  examples: () => {
    const mapRoles = `- rolearn: ${TEAM_ARN}\n  username: team\n  groups: [system:masters]\n`;
    const parts = (policy: string) => ({
      clusters: [
        readCluster({
          authenticationMode: 'API_AND_CONFIG_MAP',
          accessEntries: [entry({ policies: [accessPolicy(policy)] })],
          kubernetes: kubernetes({ awsAuth: awsAuth({ mapRoles }) }),
        }),
      ],
      roles: [teamRole()],
    });
    return {
      fails: estateExample('Administrator in aws-auth, onlooker by the entry', parts('AmazonEKSViewPolicy'), {
        mapRoles,
        policies: ['AmazonEKSViewPolicy'],
      }),
      passes: estateExample('Administrator by both', parts('AmazonEKSClusterAdminPolicy'), {
        mapRoles,
        policies: ['AmazonEKSClusterAdminPolicy'],
      }),
    };
  },
  needs: ['accessEntries', 'kubernetes:awsAuth'],
  weighs: ['kubernetes:roles', 'kubernetes:bindings'],
  subjects: shadowedRows,
  where: wayWhere,
  check: ({ cluster, way, entry: comesFirst }, { estate }) => {
    // An entry that lets nobody in is told as that.
    if (isDead({ cluster, way: comesFirst }, estate)) return pass;
    const [row, counts] = [way.rights(), comesFirst.rights()];
    if (way.purpose === 'nodes' && comesFirst.purpose === 'nodes') return pass;
    if (sameGroups(way, comesFirst)) return pass;
    if (row.grade === 'unknown' || counts.grade === 'unknown') {
      return unknown(row.missing ?? counts.missing ?? NOT_READ);
    }
    if (row.grade === counts.grade && row.grade !== 'other') return pass;
    return fail({ principal: way.principal ?? '', inAwsAuth: row.grade, byEntry: counts.grade });
  },
  severity: ({ inAwsAuth, byEntry }) =>
    ORDER.indexOf(inAwsAuth) < ORDER.indexOf(byEntry) ? 'medium' : 'low',
  message: ({ principal, inAwsAuth, byEntry }, { cluster: { cluster } }) =>
    `${principal} has ${WORDS[inAwsAuth]} in aws-auth of ${cluster.name}, and ${WORDS[byEntry]} by its access entry, which alone counts.`,
  identity: () => [],
});

const NOT_READ: Missing = { read: 'kubernetes:clusterrolebindings', reason: 'the rights are not known' };

const ORDER: readonly AccessGrade[] = [
  'cluster-admin',
  'admin',
  'write',
  'secrets',
  'view',
  'other',
  'node',
  'none',
];

const WORDS: Readonly<Record<AccessGrade, string>> = {
  'cluster-admin': 'the rights of a cluster administrator',
  admin: 'those of an administrator of namespaces',
  write: 'the right to change',
  secrets: 'the right to read Secrets',
  view: 'the right to look',
  other: 'rights of its own making',
  node: 'the rights of a node',
  none: 'no right',
  unknown: 'rights that are not known',
};

function shadowedRows({ clusters }: Scope): Both[] {
  return clusters.filter(hasApiServer).flatMap((cluster) => {
    const { ways } = accessOf(cluster);
    const entries = new Map(
      ways.flatMap((way) =>
        way.surface === 'access-entry' && way.who !== null
          ? [[canonicalArn(way.who).toLowerCase(), way]]
          : [],
      ),
    );
    return ways.flatMap((way): Both[] => {
      const comesFirst = way.who === null ? undefined : entries.get(canonicalArn(way.who).toLowerCase());
      return way.state === 'shadowed' && comesFirst !== undefined
        ? [{ cluster, way, entry: comesFirst }]
        : [];
    });
  });
}

/** The same groups and no policy beside them: the same rights, whatever is bound. */
function sameGroups(row: Way, { groups, policies }: Way): boolean {
  const text = (names: readonly string[] | null) => JSON.stringify([...(names ?? [])].sort());
  return groups !== null && policies?.length === 0 && text(groups) === text(row.groups);
}
