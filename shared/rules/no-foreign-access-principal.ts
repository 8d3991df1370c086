import { isOurs } from '../estate/membership.ts';
import type { Severity } from '../findings/finding.ts';
import type { AccessGrade } from '../identity/access/policies.ts';
import { defineRule } from './define-rule.ts';
import { isMeantAdmin, openWays, wayWhere } from './doors/ways-in.ts';
import { entry, readCluster, TEAM_ARN, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES, BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Principals of accounts outside the organization that are let into a cluster. */
export default defineRule({
  number: 'PT-406',
  name: 'no-foreign-access-principal',
  kind: 'open',
  fix: 'manual',
  title: 'Somebody outside the organization is let into the cluster',
  why: 'Who becomes a role of another account is decided there: its administrators enter the cluster whenever they like, and whoever gets into that account does.',
  remedy:
    'Delete the access entry or the row, unless a partner is meant: then name the account in `access.accounts` of the configuration.',
  references: [ACCESS_ENTRIES, BEST_PRACTICES],
  examples: () => {
    const parts = (principalArn: string) => ({
      clusters: [readCluster({ accessEntries: [entry({ principalArn })] })],
      roles: [teamRole()],
    });
    const foreign = 'arn:aws:iam::999988887777:role/vendor';
    return {
      fails: estateExample('A role of an account that is not of the organization', parts(foreign), {
        principalArn: foreign,
      }),
      passes: estateExample('A role of the account', parts(TEAM_ARN), { principalArn: TEAM_ARN }),
    };
  },
  needs: ['accessEntries', 'kubernetes:awsAuth'],
  subjects: (scope) => openWays(scope, 'access-entry', 'aws-auth').filter(({ way }) => way.who !== null),
  where: wayWhere,
  check: ({ way }, { estate, config }) => {
    const account = way.who?.account ?? '';
    if (isOurs(account, estate) || config.access.accounts.includes(account)) return pass;
    if (isMeantAdmin(config, way.principal ?? '')) return pass;
    if (estate.snapshot.organization?.complete !== true) {
      const reason = `whether account ${account} is of the organization is known only when every account was read`;
      return unknown({ read: 'organizations:ListAccounts', reason });
    }
    return fail({ principal: way.principal ?? '', account, grade: way.rights().grade });
  },
  severity: ({ grade }) => SEVERITY[grade],
  message: ({ principal, account, grade }, { cluster: { cluster } }) =>
    `${principal} gets into ${cluster.name} (${grade}), and account ${account} is not of the organization.`,
  identity: () => [],
});

/** What is not known counts as reading Secrets. */
const SEVERITY: Readonly<Record<AccessGrade, Severity>> = {
  'cluster-admin': 'critical',
  admin: 'high',
  write: 'high',
  secrets: 'high',
  unknown: 'high',
  other: 'medium',
  view: 'medium',
  node: 'high',
  none: 'low',
};
