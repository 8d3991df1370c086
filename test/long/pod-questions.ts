import type { Plan } from '../../shared/changes/plan.ts';
import { parsePolicy } from '../../shared/iam/parse.ts';
import type { Condition, Statement } from '../../shared/iam/policy.ts';
import type { Question } from './plan-question.ts';
import {
  ANY,
  anyOf,
  callsOf,
  type JudgedCondition,
  type JudgedKey,
  type JudgedStatement,
  OPERATORS,
  policyExpression,
  question,
  textsOf,
} from './trust-smt.ts';

/** EKS makes both calls for an association with session tags. */
const ACTIONS = ['sts:assumerole', 'sts:tagsession'] as const;

/** The parts of a call that stand for what Pod Identity says of itself; it always gives all three with session tags. */
const KEYS: Readonly<Record<string, JudgedKey>> = {
  'aws:requesttag/kubernetes-namespace': 'sub',
  'aws:requesttag/kubernetes-service-account': 'aud',
  'aws:sourcearn': 'vpc',
};

/** Both inclusions for each call of Pod Identity, of every trust policy whose trust in it a plan changes. */
export function podQuestionsOf(plan: Plan): Question[] {
  return plan.changes.flatMap((change) => {
    if (change.kind !== 'trust-policy' || change.before === null || change.after === null) return [];
    const { before, after, target } = change;
    const who = plan.proof.intended.flatMap(meantPod);
    return ACTIONS.flatMap((action) => {
      const [old, new_] = [judged(before, action, target.account), judged(after, action, target.account)];
      if (old === null || new_ === null || new_.length === 0) return [];
      const [was, is, meant] = [policyExpression(old), policyExpression(new_), anyOf(who)];
      const pods = callsOf({ vpc: ANY });
      const unmeant = question([is, pods], [was]);
      return [
        {
          plan,
          which: 'after in before or intended' as const,
          text: question([is, pods], [was, meant]),
          unmeant,
        },
        { plan, which: 'intended in after' as const, text: question([meant], [is]), unmeant },
      ];
    });
  });
}

function meantPod(words: string): string[] {
  const [, namespace, name, arn] = /^Pod Identity for (\S+)\/(\S+) of (\S+)$/.exec(words) ?? [];
  if (namespace === undefined || name === undefined || arn === undefined) return [];
  return [callsOf({ sub: textsOf([namespace]), aud: textsOf([name]), vpc: textsOf([arn]) })];
}

/** The statements about Pod Identity in the judge's own language; null where it has no word for one. */
function judged(text: string, action: string, account: string): JudgedStatement[] | null {
  const own = (parsePolicy(text, 'trust').policy?.statements ?? []).filter((one) => meets(one, action));
  const translated = own.map(({ effect, conditions }) => {
    const each = conditions.map((condition) => judgedCondition(condition, account));
    return each.includes(null) ? null : { effect, conditions: each.flatMap((one) => one ?? []) };
  });
  return translated.includes(null) ? null : translated.flatMap((one) => one ?? []);
}

function meets({ principal, action }: Statement, wanted: string): boolean {
  const covers = action.patterns.some((pattern) => ['*', 'sts:*', wanted].includes(pattern.toLowerCase()));
  return covers && principal?.entries.some(({ value }) => value === 'pods.eks.amazonaws.com') === true;
}

/** A condition on the account is met by every cluster of the role's own account, which alone may use it. */
function judgedCondition({ operator, key, values }: Condition, account: string): JudgedCondition[] | null {
  const lower = key.toLowerCase();
  const name = OPERATORS.find((one) => one === operator.name);
  if (lower === 'aws:sourceaccount')
    return name === 'StringEquals' && values.length === 1 && values[0] === account ? [] : null;
  const about = KEYS[lower];
  if (name === undefined || about === undefined) return null;
  const set = operator.set === undefined ? '' : (`${operator.set}:` as const);
  return [{ set, operator: name, ifExists: operator.ifExists, key: about, values }];
}
