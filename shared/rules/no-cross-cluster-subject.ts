import type { Config } from '../config/config.ts';
import type { Estate, RoleView } from '../estate/estate.ts';
import { overlaps } from '../iam/escalations/patterns.ts';
import { defineRule } from './define-rule.ts';
import { environmentOf } from './doors/environment.ts';
import { decidingPatterns } from './doors/subject-shape.ts';
import { admits, type WebDoor, webDoors } from './doors/web-door.ts';
import {
  ACCOUNT,
  cluster,
  ISSUER,
  irsaStatement,
  provider,
  REGION,
  roleExample,
  trustPolicy,
} from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

interface Shared {
  readonly subject: string;
  readonly clusters: readonly [string, string];
  readonly accounts: readonly [string, string];
}

/** One ServiceAccount name of clusters with different environments that reaches one role. */
export default defineRule({
  number: 'PT-123',
  name: 'no-cross-cluster-subject',
  kind: 'open',
  fix: 'manual',
  title: 'The same ServiceAccount of different environments reaches one role',
  why: 'Whoever may run pods in the development cluster becomes the role that production uses, because the trust policy names the same ServiceAccount of both.',
  remedy: 'Give each environment a role of its own.',
  references: [BEST_PRACTICES],
  examples: () => {
    const other = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
    const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/${other}`;
    const both = (environment: string) => ({
      oidcProviders: [provider(), provider({ arn, url: other })],
      clusters: [
        cluster({ tags: { environment: 'production' } }),
        cluster({
          name: 'shop-2',
          arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop-2`,
          issuer: `https://${other}`,
          tags: { environment },
        }),
      ],
    });
    const trust = trustPolicy(
      irsaStatement(),
      JSON.parse(JSON.stringify(irsaStatement()).replaceAll(ISSUER, other)),
    );
    return {
      fails: roleExample('The clusters are tagged production and development', trust, both('development')),
      passes: roleExample('Both clusters are tagged production', trust, both('production')),
    };
  },
  needs: ['roles'],
  subjects: ({ roles, estate }) => roles.filter((role) => clusterDoors(role, estate).length > 1),
  where: roleWhere,
  check: (role, { estate, config }) => {
    const doors = clusterDoors(role, estate);
    const shared = sharedSubjects(doors, config);
    if (shared.length > 0) {
      return fail({
        subjects: [...new Set(shared.map(({ subject }) => subject))].sort(),
        clusters: [...new Set(shared.flatMap(({ clusters }) => clusters))].sort(),
        clusterAccounts: [...new Set(shared.flatMap(({ accounts }) => accounts))].sort(),
        ...privilegeFacts(role),
      });
    }
    const unread = doors.find(
      ({ cluster: view }) =>
        view !== null && view.cluster.tags === undefined && environmentOf(view, config) === null,
    );
    if (unread === undefined) return pass;
    return unknown({
      read: 'eks:DescribeCluster',
      reason: `the tags of cluster ${unread.cluster?.cluster.name ?? ''} were not read`,
    });
  },
  severity: ({ privileges }) => weighted('few', privileges),
  message: ({ subjects, clusters, privileges }, { name }) =>
    `${name} can be assumed by ${subjects.join(', ')} of ${clusters.join(' and ')}; ${leadsTo(privileges)}.`,
  identity: ({ subjects, clusters }) => [...subjects, ...clusters],
});

function clusterDoors(role: RoleView, estate: Estate): WebDoor[] {
  return webDoors(role, estate).filter(({ cluster: view }) => view !== null);
}

function sharedSubjects(doors: readonly WebDoor[], config: Config): Shared[] {
  return doors.flatMap((one, index) =>
    doors.slice(index + 1).flatMap((other) => {
      const [here, there] = [label(one, config), label(other, config)];
      if (here === null || there === null || here.environment === there.environment) return [];
      return commonSubjects(one, other).map((subject) => ({
        subject,
        clusters: [here.text, there.text] as const,
        accounts: [here.account, there.account] as const,
      }));
    }),
  );
}

function label({ cluster: view }: WebDoor, config: Config) {
  const environment = view === null ? null : environmentOf(view, config);
  return view === null || environment === null
    ? null
    : { environment, account: view.account.id, text: `${view.cluster.name} (${environment})` };
}

/** Subjects of one door that really get in and that the other admits too. */
function commonSubjects(one: WebDoor, other: WebDoor): string[] {
  const theirs = patternsOf(other);
  return patternsOf(one)
    .filter(
      ({ pattern, example }) =>
        theirs.some(
          (their) => overlaps(pattern, their.pattern) && admits(other, their.example) !== 'denied',
        ) && admits(one, example) !== 'denied',
    )
    .map(({ pattern }) => pattern);
}

function patternsOf(door: WebDoor) {
  return door.statements.flatMap(({ subject }) => decidingPatterns(subject));
}
