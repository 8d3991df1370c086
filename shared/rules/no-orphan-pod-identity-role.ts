import type { RoleView } from '../estate/estate.ts';
import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';
import { defineRule } from './define-rule.ts';
import { missingOfClusters, undescribedAssociation } from './doors/completeness.ts';
import { namedMappings } from './doors/named-mapping.ts';
import { podDoor } from './doors/pod-door.ts';
import { association, cluster, podIdentityStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { POD_IDENTITY_ASSOCIATION } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';
import { leadsTo, privilegeFacts } from './weight.ts';

/** Roles for Pod Identity alone that no association uses. A role that names its ServiceAccount is no leftover but unfinished. */
export default defineRule({
  number: 'PT-313',
  name: 'no-orphan-pod-identity-role',
  kind: 'rot',
  fix: 'manual',
  title: 'A role for Pod Identity has no association',
  why: 'Nothing uses the role, and whoever may create an association can: its permissions lie ready for no one.',
  remedy: 'Delete the role, or create the association it was meant for.',
  references: [POD_IDENTITY_ASSOCIATION],
  examples: () => {
    const trust = trustPolicy({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    });
    return {
      fails: roleExample('No association names it', trust),
      passes: roleExample('An association names it', trustPolicy(podIdentityStatement()), {
        clusters: [cluster({ podIdentityAssociations: [association()] })],
      }),
    };
  },
  needs: ['roles'],
  subjects: ({ roles }) => roles.filter((role) => isForPodsAlone(role) && namedMappings(role).length === 0),
  where: roleWhere,
  check: (role, { estate }) => {
    if (estate.associationsByRole.has(role.role.arn)) return pass;
    const missing =
      missingOfClusters(role.account, 'podIdentityAssociations') ?? undescribedAssociation(role.account);
    return missing === null ? fail({ ...privilegeFacts(role) }) : unknown(missing);
  },
  severity: () => 'low',
  message: ({ privileges }, { name }) =>
    `Only Pod Identity may assume ${name}, and no association of the account names it; ${leadsTo(privileges)}.`,
  identity: () => [],
});

function isForPodsAlone(role: RoleView): boolean {
  if (podDoor(role) === null) return false;
  const allows = (role.trust().policy?.statements ?? []).filter(({ effect }) => effect === 'Allow');
  return allows.every(
    ({ principal }) =>
      principal?.negated === false &&
      !principal.everyone &&
      principal.entries.every(
        ({ kind, value }) => kind === 'Service' && value.toLowerCase() === POD_IDENTITY_SERVICE,
      ),
  );
}
