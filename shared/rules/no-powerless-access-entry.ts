import type { Estate } from '../estate/estate.ts';
import { isNodeRole } from '../identity/access/node-roles.ts';
import { isBare, isNodesAsPeople, lacksAutoNodePolicy } from '../identity/access/powerless.ts';
import { defineRule } from './define-rule.ts';
import { isDead, openWays, standingOfWay, type WayIn, wayWhere } from './doors/ways-in.ts';
import { accessPolicy, entry, readCluster, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES, ACCESS_POLICIES } from './references.ts';
import { type Facts, fail, pass, unknown, type Verdict } from './verdict.ts';

interface Powerless extends Facts {
  readonly principal: string;
  readonly bindingsRead: boolean;
  /** True for nodes of Auto Mode, which lack their policy. */
  readonly autoNodes: boolean;
}

/** Access entries that let somebody sign in and do nothing. */
export default defineRule({
  number: 'PT-408',
  name: 'no-powerless-access-entry',
  kind: 'broken',
  fix: 'manual',
  title: 'The access entry gives no right',
  why: 'It has no access policy and no group, and no binding names its username: whoever signs in by it is told "Forbidden" whatever they ask. An entry of type EC2, for nodes of Auto Mode, needs AmazonEKSAutoNodePolicy: EKS gives it to the entry of the built-in node pools alone.',
  remedy:
    'Associate an access policy with it (`aws eks associate-access-policy`), or give it a group that a role binding names (`aws eks update-access-entry --kubernetes-groups`).',
  references: [ACCESS_ENTRIES, ACCESS_POLICIES],
  examples: () => {
    const withPolicies = (policies: ReturnType<typeof accessPolicy>[]) => ({
      clusters: [readCluster({ accessEntries: [entry({ policies })] })],
      roles: [teamRole()],
    });
    return {
      fails: estateExample('Neither policy nor group', withPolicies([]), entry({ policies: [] })),
      passes: estateExample('A policy', withPolicies([accessPolicy('AmazonEKSViewPolicy')]), entry()),
    };
  },
  needs: ['accessEntries'],
  weighs: ['kubernetes:roles', 'kubernetes:bindings'],
  subjects: (scope) =>
    openWays(scope, 'access-entry').filter(
      ({ way, cluster }) =>
        way.type === 'EC2' ||
        (way.purpose === 'people' && way.principal !== null && !isNodeRole(way.principal, cluster)),
    ),
  where: wayWhere,
  check: (wayIn, { estate }): Verdict<Powerless> => {
    const { way } = wayIn;
    if (way.type === 'EC2') return autoNodes(wayIn, estate);
    if (way.groups !== null && way.groups.length > 0) return pass;
    const { atLeast, grade, missing } = way.rights();
    if (atLeast !== 'none' || isDead(wayIn, estate)) return pass;
    // Nodes with the entry of people: told by no-wrong-entry-type.
    const standing = standingOfWay(wayIn, estate);
    if (standing !== null && isNodesAsPeople(way, standing)) return pass;
    // Bindings name sessions of a role next to never: without them, a username that EKS made up counts as unbound.
    if (grade === 'none' || isBare(way))
      return fail({ principal: way.principal ?? '', bindingsRead: missing === null, autoNodes: false });
    return missing === null ? pass : unknown(missing);
  },
  severity: ({ autoNodes: nodes }) => (nodes ? 'high' : 'medium'),
  message: ({ principal, bindingsRead, autoNodes: nodes }, { cluster: { cluster } }) =>
    nodes
      ? `The access entry of ${cluster.name} for ${principal} has type EC2 and no AmazonEKSAutoNodePolicy: nodes of Auto Mode with that role do not become ready.`
      : `The access entry of ${cluster.name} for ${principal} has no policy and no group${bindingsRead ? ', and no binding names its username' : ''}: it may do nothing.`,
  identity: () => [],
});

/** The entry of nodes of Auto Mode has to have their policy. */
function autoNodes(wayIn: WayIn, estate: Estate): Verdict<Powerless> {
  const { way } = wayIn;
  if (isDead(wayIn, estate)) return pass;
  if (way.policies === null)
    return unknown({
      read: 'eks:ListAssociatedAccessPolicies',
      reason: 'the policies of the entry were not read',
    });
  return lacksAutoNodePolicy(way)
    ? fail({ principal: way.principal ?? '', bindingsRead: true, autoNodes: true })
    : pass;
}
