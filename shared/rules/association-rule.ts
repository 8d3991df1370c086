import type { AssociationView, Estate } from '../estate/estate.ts';
import type { Repair } from '../identity/chain.ts';
import { hasSessionTags } from '../identity/diagnose-pod-identity.ts';
import { type Draft, declined } from '../plans/draft.ts';
import { draftSessionTags } from '../plans/drafts/association.ts';
import { titleOf } from '../plans/drafts/provider-fault.ts';
import { draftTrust } from '../plans/trust/edit-trust.ts';
import { narrowest } from '../plans/trust/narrowest.ts';
import { defineRule, type Examples, type Rule } from './define-rule.ts';
import {
  type AssociationFailure,
  type AssociationRule,
  judgeAssociation,
} from './doors/association-failure.ts';
import { tagTestingPolicies } from './doors/tag-testing.ts';
import { associationWhere } from './places.ts';
import type { Scope } from './scope.ts';
import { type Facts, fail, pass, unknown } from './verdict.ts';

/** The rules about single associations share one judgement, so that each broken association is named once. */
interface Definition {
  readonly number: `PT-${number}`;
  readonly name: AssociationRule;
  readonly fix: 'guarded' | 'manual';
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  readonly references: readonly string[];
  readonly examples: () => Examples;
}

interface Subject {
  readonly view: AssociationView;
  readonly failure: AssociationFailure | null;
}

/** A rule made of what the chain of an association puts under its name. */
export function associationRule(definition: Definition): Rule {
  const { fix, ...description } = definition;
  const common = {
    ...description,
    kind: 'broken' as const,
    needs: ['associations'] as const,
    subjects: ({ associations, estate }: Scope) => subjectsOf(definition.name, associations, estate),
    where: ({ view }: Subject) => associationWhere(view),
    check: (subject: Subject, { estate }: Scope) => check(definition.name, subject, estate),
    severity: () => 'high' as const,
    message: (facts: Facts, { view: { association } }: Subject) =>
      `${association.namespace}/${association.serviceAccount}: ${String(facts['detail'])}`,
    identity: (facts: Facts) => [String(facts['check'])],
  };
  if (fix === 'manual') return defineRule<Subject, Facts>({ ...common, fix });
  return defineRule<Subject, Facts>({
    ...common,
    fix,
    repair: (_, { failure }) => failure?.repair ?? { text: definition.remedy },
    plan: (_, { view }, { estate }, repair) => draftForAssociation(definition.name, view, estate, repair),
  });
}

function* subjectsOf(
  name: AssociationRule,
  views: readonly AssociationView[],
  estate: Estate,
): Generator<Subject> {
  for (const view of views) {
    if (name === 'no-broken-target-role' && view.association.targetRoleArn === undefined) continue;
    if (name === 'no-tagless-tag-condition' && hasSessionTags(view.association)) continue;
    yield { view, failure: judgeAssociation(view, estate).failure };
  }
}

function check(name: AssociationRule, { view, failure }: Subject, estate: Estate) {
  if (failure !== null && failure.explainedBy === null) {
    if (failure.rule === name) return fail({ check: failure.check, detail: failure.detail });
    return pass;
  }
  if (failure !== null) return pass;
  const policies = name === 'no-tagless-tag-condition' ? tagTestingPolicies(view, estate) : [];
  if (policies.length > 0) {
    const detail = `session tags are off, and ${policies.join(', ')} tests them in the permissions of the role.`;
    return fail({ check: 'permissions', detail, policies });
  }
  const open = judgeAssociation(view, estate).undecided.find(({ rule }) => rule === name);
  return open === undefined ? pass : unknown(open);
}

/** Session tags are switched on before a trust policy is widened to do without them. */
function draftForAssociation(
  name: AssociationRule,
  view: AssociationView,
  estate: Estate,
  repair: Repair,
): Draft {
  const { id, namespace, serviceAccount, roleArn, targetRoleArn } = view.association;
  const wish = `association ${id} of ${namespace}/${serviceAccount} in ${view.cluster.cluster.name}, which whoever may create associations there made`;
  if (name === 'no-tagless-tag-condition') return draftSessionTags(view, wish);
  const role = estate.roleByArn.get((name === 'no-broken-target-role' ? targetRoleArn : roleArn) ?? '');
  if (role === undefined) return declined(repair.text);
  const edit = name === 'no-untrusted-association' ? narrowest(role, view, estate, repair) : repair;
  return draftTrust(role, edit, { title: titleOf(role, edit.text), wish });
}
