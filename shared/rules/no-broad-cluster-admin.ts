import type { Severity } from '../findings/finding.ts';
import { MASTERS } from '../identity/access/bound.ts';
import { defineRule } from './define-rule.ts';
import { admitsOutsider } from './doors/outsider.ts';
import { outsiderAccount } from './doors/pod-door.ts';
import { isDead, isMeantAdmin, openWays, standingOfWay, wayWhere } from './doors/ways-in.ts';
import { accessPolicy, entry, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_POLICIES, BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Administrators of a whole cluster who are more than they should be: root, anyone, or somebody nobody named. */
export default defineRule({
  number: 'PT-405',
  name: 'no-broad-cluster-admin',
  kind: 'open',
  fix: 'manual',
  title: 'The whole cluster is administered by more than it should be',
  why: 'A cluster administrator reads every Secret, becomes every ServiceAccount and so has every AWS role of its pods. The root user should administer nothing day by day, a role that strangers can assume nothing at all, and where the configuration names the administrators there should be no others.',
  remedy:
    'Give a narrower access policy, or a scope of namespaces; name those who are meant in `access.admins` of the configuration.',
  references: [ACCESS_POLICIES, BEST_PRACTICES],
  examples: () => {
    const parts = {
      clusters: [
        readCluster({ accessEntries: [entry({ policies: [accessPolicy('AmazonEKSClusterAdminPolicy')] })] }),
      ],
      roles: [teamRole()],
    };
    const show = { principalArn: TEAM_ARN, policies: ['AmazonEKSClusterAdminPolicy'] };
    const meant = (arn: string) => ({ access: { admins: [arn], breakGlass: [], accounts: [] } });
    return {
      fails: {
        ...estateExample('An administrator whom the configuration does not name', parts, show),
        config: meant('arn:aws:iam::111122223333:role/platform'),
      },
      passes: {
        ...estateExample('An administrator whom it names', parts, show),
        config: meant(TEAM_ARN),
      },
    };
  },
  needs: ['accessEntries', 'kubernetes:awsAuth'],
  weighs: ['kubernetes:roles', 'kubernetes:bindings'],
  subjects: (scope) =>
    // Rows with system:masters and rows for root have rules of their own.
    openWays(scope, 'access-entry', 'aws-auth').filter(
      ({ way: { surface, purpose, groups, who } }) =>
        purpose === 'people' &&
        (surface === 'access-entry' || (groups?.includes(MASTERS) !== true && who?.kind !== 'root')),
    ),
  where: wayWhere,
  check: (wayIn, { estate, config }) => {
    const { way } = wayIn;
    const arn = way.principal ?? '';
    const { atLeast, clusterWide, missing, from } = way.rights();
    if (isMeantAdmin(config, arn) || isDead(wayIn, estate)) return pass;
    const standing = standingOfWay(wayIn, estate);
    const role = standing?.kind === 'exists' ? standing.role : undefined;
    const anyone = role !== undefined && admitsOutsider(role, outsiderAccount(estate)) === 'allowed';
    const reason =
      way.who?.kind === 'root'
        ? 'root'
        : anyone
          ? 'anyone'
          : config.access.admins === undefined
            ? null
            : 'undeclared';
    if (reason === null) return pass;
    const administers = atLeast === 'cluster-admin' || (atLeast === 'admin' && clusterWide);
    if (administers) return fail({ principal: arn, reason, from });
    return missing === null ? pass : unknown(missing);
  },
  severity: ({ reason }): Severity =>
    reason === 'anyone' ? 'critical' : reason === 'root' ? 'high' : 'medium',
  message: ({ principal, reason, from }, { cluster: { cluster } }) =>
    `${principal} administers all of ${cluster.name} (${from.slice(0, 3).join('; ')})${WORDS[reason]}.`,
  identity: ({ reason }) => [reason],
});

const WORDS = {
  root: ', and is the root user of an account',
  anyone: ', and its trust policy lets strangers assume it',
  undeclared: ', and the configuration does not name it',
} as const;
