import { danglingBindings, isBuiltInGroup } from '../identity/access/bound.ts';
import { isNodeRole } from '../identity/access/node-roles.ts';
import { isNodesAsPeople } from '../identity/access/powerless.ts';
import { defineRule } from './define-rule.ts';
import { isDead, openWays, standingOfWay, wayWhere } from './doors/ways-in.ts';
import { entry, groupBinding, kubernetes, readCluster, teamRole } from './examples/access.ts';
import { estateExample } from './examples/estate.ts';
import { ACCESS_ENTRIES, AWS_AUTH } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Mappings whose only groups nobody bound to a role. */
export default defineRule({
  number: 'PT-409',
  name: 'no-unbound-group',
  kind: 'broken',
  fix: 'manual',
  title: 'The groups of a mapping are bound to nothing',
  why: 'A group is a mere name: it gives what the role bindings of the cluster give it. Where none names it, whoever signs in is told "Forbidden" whatever they ask.',
  remedy:
    'Bind the group: `kubectl create clusterrolebinding NAME --clusterrole=view --group=GROUP`, or write the name that a binding has.',
  references: [ACCESS_ENTRIES, AWS_AUTH],
  examples: () => {
    const view = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
    const parts = (group: string) => ({
      clusters: [
        readCluster({
          accessEntries: [entry({ policies: [], groups: ['viewers'] })],
          kubernetes: kubernetes({ roles: [view], bindings: [groupBinding('view', group)] }),
        }),
      ],
      roles: [teamRole()],
    });
    return {
      fails: estateExample('The binding names another group', parts('viewer'), {
        groups: ['viewers'],
        bound: ['viewer'],
      }),
      passes: estateExample('The binding names the group', parts('viewers'), {
        groups: ['viewers'],
        bound: ['viewers'],
      }),
    };
  },
  needs: ['accessEntries', 'kubernetes:awsAuth'],
  weighs: ['kubernetes:roles', 'kubernetes:bindings'],
  subjects: (scope) =>
    openWays(scope, 'access-entry', 'aws-auth').filter(
      ({ way: { groups, purpose, principal }, cluster }) =>
        purpose === 'people' &&
        groups?.some((group) => !isBuiltInGroup(group)) === true &&
        !isNodeRole(principal ?? '', cluster),
    ),
  where: wayWhere,
  check: (wayIn, { estate }) => {
    const { way, cluster } = wayIn;
    const { atLeast, grade, missing } = way.rights();
    if (atLeast !== 'none' || isDead(wayIn, estate)) return pass;
    // Nodes with the entry of people: told by no-wrong-entry-type.
    const standing = standingOfWay(wayIn, estate);
    if (standing !== null && isNodesAsPeople(way, standing)) return pass;
    if (grade !== 'none') return missing === null ? pass : unknown(missing);
    return fail({
      principal: way.principal ?? '',
      groups: (way.groups ?? []).filter((group) => !isBuiltInGroup(group)),
      dangling: danglingBindings(cluster, way.username, way.groups ?? []).slice(0, 5),
      near: nearGroups(way.groups ?? [], cluster.kubernetes.data.bindings ?? []),
    });
  },
  severity: () => 'medium',
  message: ({ principal, groups, near, dangling }, { cluster: { cluster } }) => {
    const why = [...dangling, ...(near.length === 0 ? [] : [`bindings name ${near.join(', ')}`])];
    return `${principal} gets into ${cluster.name} with ${groups.join(', ')}, which no binding gives any right${why.map((one) => `; ${one}`).join('')}.`;
  },
  identity: () => [],
});

/** Groups that bindings name and that differ in case, or by a sign or an ending. */
function nearGroups(
  groups: readonly string[],
  bindings: readonly { readonly subjects: readonly { readonly kind: string; readonly name: string }[] }[],
): string[] {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/s$/, '');
  const wanted = new Set(groups.map(plain));
  const named = bindings.flatMap(({ subjects }) =>
    subjects.flatMap(({ kind, name }) => (kind === 'Group' && wanted.has(plain(name)) ? [name] : [])),
  );
  return [...new Set(named)]
    .filter((name) => !groups.includes(name))
    .sort()
    .slice(0, 5);
}
