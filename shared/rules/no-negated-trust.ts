import type { Estate, RoleView } from '../estate/estate.ts';
import type { Statement } from '../iam/policy.ts';
import { isClosedByNotAction } from '../identity/closed-by-not-action.ts';
import { defineRule } from './define-rule.ts';
import { faultsUnder } from './diagnosed.ts';
import { isServiceLinked } from './doors/role-kinds.ts';
import { irsaStatement, PROVIDER, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { NOT_PRINCIPAL } from './references.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** Allow statements that list whom or what they exclude. */
export default defineRule({
  number: 'PT-122',
  name: 'no-negated-trust',
  kind: 'open',
  fix: 'manual',
  title: 'The trust policy allows everything but what it lists',
  why: 'Allow with NotPrincipal admits everyone in the world except those listed, and Allow with NotAction every other way to assume the role. AWS says never to use NotPrincipal with Allow.',
  remedy: 'List who gets in under Principal, and the actions under Action.',
  references: [NOT_PRINCIPAL],
  examples: () => ({
    fails: roleExample(
      'Every way in but one',
      trustPolicy({ Effect: 'Allow', Principal: { Federated: PROVIDER }, NotAction: 'sts:AssumeRole' }),
    ),
    passes: roleExample('A list of what is allowed', trustPolicy(irsaStatement())),
  }),
  needs: ['roles'],
  subjects: ({ roles }) => roles.filter((role) => role.trust().policy !== null && !isServiceLinked(role)),
  where: roleWhere,
  check: (role, { estate }) => {
    const negated = negatedStatements(role).filter((statement) => !admitsNobodyBy(statement, role, estate));
    if (negated.length === 0) return pass;
    return fail({ elements: [...new Set(negated.map(elementOf))].sort(), ...privilegeFacts(role) });
  },
  severity: ({ elements, privileges }) =>
    weighted(elements.includes('NotPrincipal') ? 'anyone' : 'few', privileges),
  message: ({ elements, privileges }, { name }) =>
    `The trust policy of ${name} allows by ${elements.join(' and ')}; ${leadsTo(privileges)}.`,
  identity: ({ elements }) => [...elements],
});

/** Whether a NotAction lets nobody in, which no-wrong-assume-action says already. */
function admitsNobodyBy(statement: Statement, role: RoleView, estate: Estate): boolean {
  return (
    isClosedByNotAction(statement) &&
    faultsUnder('no-wrong-assume-action', role, estate).some(({ statement: at }) => at === statement.index)
  );
}

function negatedStatements(role: RoleView): Statement[] {
  return (role.trust().policy?.statements ?? []).filter(
    ({ effect, principal, action }) => effect === 'Allow' && (principal?.negated === true || action.negated),
  );
}

function elementOf({ principal }: Statement): string {
  return principal?.negated === true ? 'NotPrincipal' : 'NotAction';
}
