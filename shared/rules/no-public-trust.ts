import type { RoleView } from '../estate/estate.ts';
import type { Statement } from '../iam/policy.ts';
import { draftNotPublic } from '../plans/drafts/public-trust.ts';
import { defineRule } from './define-rule.ts';
import { admitsOutsider } from './doors/outsider.ts';
import { outsiderAccount } from './doors/pod-door.ts';
import { isServiceLinked } from './doors/role-kinds.ts';
import { roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { PRINCIPAL } from './references.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** Roles that strangers can assume because the principal is `*`. */
export default defineRule({
  number: 'PT-121',
  name: 'no-public-trust',
  kind: 'open',
  fix: 'guarded',
  title: 'Anyone can assume the role',
  why: 'A principal of `*` is every account of AWS, and every web identity. Unless a condition names the organization, account or principals, anyone who learns the ARN of the role becomes it; an external id or a network address is no name.',
  remedy:
    'Name the principals, or add a condition on aws:PrincipalOrgID, aws:PrincipalAccount or aws:PrincipalArn.',
  references: [PRINCIPAL],
  examples: () => ({
    fails: roleExample(
      'Everyone, narrowed by nothing but an external id',
      trustPolicy({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'shop' } },
      }),
    ),
    passes: roleExample(
      'Everyone of one organization',
      trustPolicy({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } },
      }),
    ),
  }),
  needs: ['roles'],
  subjects: ({ roles }) =>
    roles.filter((role) => !isServiceLinked(role) && everyoneStatements(role).length > 0),
  where: roleWhere,
  check: (role, { estate }) => {
    const outcome = admitsOutsider(role, outsiderAccount(estate));
    if (outcome === 'denied') return pass;
    const keys = everyoneStatements(role).flatMap(({ conditions }) => conditions.map(({ key }) => key));
    return fail({
      conditional: outcome === 'undecided',
      conditionKeys: [...new Set(keys)].sort(),
      ...privilegeFacts(role),
    });
  },
  severity: ({ conditional, privileges }) => weighted(conditional ? 'joinable' : 'anyone', privileges),
  message: ({ conditional, conditionKeys, privileges }, { name }) =>
    conditional
      ? `${name} can be assumed by anyone who meets the conditions on ${conditionKeys.join(', ')}, none of which says who he is; ${leadsTo(privileges)}.`
      : `${name} can be assumed by anyone; ${leadsTo(privileges)}.`,
  identity: () => [],
  repair: () => ({
    text: 'Replace `*` by the principals that use the role, or require aws:PrincipalOrgID, aws:PrincipalAccount or aws:PrincipalArn.',
  }),
  plan: (_, role, { estate, config }) => draftNotPublic(role, estate, config),
});

function everyoneStatements(role: RoleView): Statement[] {
  return (role.trust().policy?.statements ?? []).filter(
    ({ effect, principal }) =>
      effect === 'Allow' &&
      principal?.negated === false &&
      (principal.everyone || principal.entries.some(({ value }) => value === '*')),
  );
}
