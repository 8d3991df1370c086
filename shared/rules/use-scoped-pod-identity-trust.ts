import type { Config } from '../config/config.ts';
import type { Estate, RoleView } from '../estate/estate.ts';
import type { Severity } from '../findings/finding.ts';
import type { Condition } from '../iam/policy.ts';
import type { Grade } from '../iam/privileges.ts';
import { isPositive } from '../identity/claim-flaws.ts';
import { declarationOf } from '../plans/declared.ts';
import { draftTightening, undeclaredWords } from '../plans/drafts/tighten.ts';
import { defineRule } from './define-rule.ts';
import { admitsAnyPod, isScoping, type PodDoor, podDoorsOf } from './doors/pod-door.ts';
import { podIdentityStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { withCondition } from './policy-change.ts';
import { POD_IDENTITY_ROLE, POD_IDENTITY_TAGS } from './references.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, privilegeFacts } from './weight.ts';

/** Roles that every association of the account may use. */
export default defineRule({
  number: 'PT-311',
  name: 'use-scoped-pod-identity-trust',
  kind: 'open',
  fix: 'guarded',
  title: 'Any association of the account may use the role',
  why: 'Trust in pods.eks.amazonaws.com without a condition on cluster, namespace or ServiceAccount leaves it to associations who gets the role: whoever may create one in any cluster of the account (and pass the role) has it in their pods.',
  remedy:
    'Ask for the cluster (ArnEquals aws:SourceArn) and for namespace and ServiceAccount (aws:RequestTag/kubernetes-namespace, aws:RequestTag/kubernetes-service-account).',
  references: [POD_IDENTITY_ROLE, POD_IDENTITY_TAGS],
  examples: () => ({
    fails: roleExample('No condition at all', trustPolicy(withoutCondition(podIdentityStatement()))),
    passes: roleExample('One ServiceAccount of one cluster', trustPolicy(podIdentityStatement())),
  }),
  needs: ['roles'],
  subjects: ({ roles }) => podDoorsOf(roles),
  where: ({ role }) => roleWhere(role),
  check: ({ role, statements }, { estate }) => {
    if (statements.every(({ conditions }) => conditions.some(narrows))) return pass;
    if (admitsAnyPod(role, estate, { tags: true }) === 'denied') return pass;
    return fail({
      accountCondition:
        statements.every(({ conditions }) => conditions.some(asksForOrganization)) ||
        admitsAnyPod(role, estate, { tags: true, otherAccount: true }) === 'denied',
      clusters: usedBy(role.role.arn, estate.associationsByRole),
      ...privilegeFacts(role),
    });
  },
  severity: ({ privileges, accountCondition }) => severityOf(privileges, accountCondition),
  message: ({ privileges, accountCondition }, { role }) =>
    `${role.name} can be assumed for any association in any cluster of ${accountCondition ? 'the account' : 'its account, and does not even ask for that account'}; ${leadsTo(privileges)}.`,
  identity: () => [],
  repair: ({ clusters }, door) => ({
    text: 'Ask for the cluster by aws:SourceArn, and for namespace and ServiceAccount by aws:RequestTag/kubernetes-namespace and aws:RequestTag/kubernetes-service-account.',
    ...withCondition(door.role, unscoped(door), 'ArnEquals', 'aws:SourceArn', clusters),
  }),
  plan: (_, { role }, { estate, config }, repair) =>
    draftTightening(role, repair, { approval: undeclaredWords(undeclaredUsers(role, estate, config)) }),
});

/**
 * A condition on cluster, namespace or ServiceAccount; one that fails open is another rule's matter. The account narrows
 * nothing, since an association's role is always of its cluster's account.
 */
function narrows(condition: Condition): boolean {
  return isScoping(condition) && condition.key.toLowerCase() !== 'aws:sourceaccount';
}

/** Its organization narrows a role no further than its account, and keeps strangers out as well. */
function asksForOrganization({ key, operator }: Condition): boolean {
  return /^aws:sourceorg(id|paths)$/i.test(key) && isPositive(operator) && !operator.ifExists;
}

/** Associations with the role that no binding declares: whoever may create them decides which clusters stay. */
function undeclaredUsers({ role: { arn } }: RoleView, estate: Estate, config: Config): string[] {
  return (estate.associationsByRole.get(arn) ?? [])
    .filter(
      ({ cluster, association: { namespace, serviceAccount } }) =>
        declarationOf({ cluster, namespace, serviceAccount, role: arn }, config).kind !== 'declared',
    )
    .map(
      ({ cluster, association: { namespace, serviceAccount } }) =>
        `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}`,
    );
}

function unscoped({ statements }: PodDoor) {
  return statements.filter(({ conditions }) => !conditions.some(isScoping));
}

function usedBy(
  arn: string,
  associations: ReadonlyMap<string, readonly { cluster: { cluster: { arn: string } } }[]>,
): string[] {
  return [...new Set((associations.get(arn) ?? []).map(({ cluster }) => cluster.cluster.arn))].sort();
}

/** It takes the right to create associations and to pass the role, and EKS documents this very trust: weighed one lower. */
function severityOf(grade: Grade, accountCondition: boolean): Severity {
  switch (grade) {
    case 'admin':
    case 'escalation':
      return accountCondition ? 'medium' : 'high';
    case 'data':
    case 'unknown':
      return accountCondition ? 'low' : 'medium';
    case 'limited':
    case 'none':
      return 'info';
  }
}

function withoutCondition(statement: ReturnType<typeof podIdentityStatement>) {
  return JSON.parse(JSON.stringify(statement, (key, value) => (key === 'Condition' ? undefined : value)));
}
