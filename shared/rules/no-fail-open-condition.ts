import type { Severity } from '../findings/finding.ts';
import type { Condition } from '../iam/policy.ts';
import type { Grade } from '../iam/privileges.ts';
import { STS_AUDIENCE } from '../identity/service-account.ts';
import { draftNarrowing, draftTightening } from '../plans/drafts/tighten.ts';
import { defineRule } from './define-rule.ts';
import { admitsAnyPod, isScoping, type PodDoor, podDoorsOf } from './doors/pod-door.ts';
import { exactSubjects, realFacts } from './doors/real-subjects.ts';
import { isPositive } from './doors/subject-shape.ts';
import { acceptedAudiences, admitsNobody, doorName, type WebDoor, webDoorsOf } from './doors/web-door.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { intendedSubjects } from './intent.ts';
import { doorWhere, roleWhere } from './places.ts';
import { type PolicyChange, withConditionsReplaced, withoutLeniency } from './policy-change.ts';
import { MULTI_VALUED, OPERATORS } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, type PrivilegeFacts, privilegeFacts, weighted } from './weight.ts';

type Subject =
  | { readonly via: 'irsa'; readonly door: WebDoor }
  | { readonly via: 'pod-identity'; readonly door: PodDoor };

/** What a condition fails to keep out. `lenient`: nobody now, since tokens of EKS always carry both claims. */
type Weakness = 'subject' | 'audience' | 'association' | 'lenient';

interface Facts extends PrivilegeFacts {
  readonly [key: string]: string | readonly string[] | undefined;
  readonly weakness: Weakness;
  readonly conditions: readonly string[];
  readonly issuer?: string;
  readonly intended?: readonly string[];
}

/** Conditions that say who is kept out, or that are met by what is missing, where they should say who gets in. */
export default defineRule({
  number: 'PT-119',
  name: 'no-fail-open-condition',
  kind: 'open',
  fix: 'guarded',
  title: 'A condition lets in whoever it does not mention',
  why: 'Negated operators admit everyone but those they list, `Null` admits whoever merely has the key, and ForAllValues and IfExists are met when the key is missing. In an Allow statement such a condition is no gate.',
  remedy:
    'Name who gets in, under StringEquals without IfExists or ForAllValues; keep negated operators for Deny statements.',
  references: [OPERATORS, MULTI_VALUED],
  examples: () => ({
    fails: roleExample(
      'Everyone but one namespace',
      trustPolicy(
        irsaStatement({
          Condition: {
            StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
            StringNotLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:kube-system:*' },
          },
        }),
      ),
    ),
    passes: roleExample(
      'The same exclusion as a Deny, beside an Allow that names its ServiceAccount',
      trustPolicy(
        irsaStatement(),
        irsaStatement({
          Effect: 'Deny',
          Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:kube-system:*' } },
        }),
      ),
    ),
  }),
  needs: ['roles'],
  subjects: ({ roles, estate }): Subject[] => [
    ...webDoorsOf(roles, estate).map((door) => ({ via: 'irsa', door }) as const),
    ...podDoorsOf(roles).map((door) => ({ via: 'pod-identity', door }) as const),
  ],
  where: (subject) => (subject.via === 'irsa' ? doorWhere(subject.door) : roleWhere(subject.door.role)),
  check: (subject, scope) => {
    const facts = subject.via === 'irsa' ? webFacts(subject.door, scope) : podFacts(subject.door, scope);
    return facts === null ? pass : fail(facts);
  },
  severity: ({ weakness, privileges }, subject) => severityOf(weakness, privileges, subject),
  message: ({ weakness, conditions, privileges }, subject) =>
    `${subject.door.role.name}: ${conditions.join(', ')} ${WORDS[weakness]} ${place(subject)}; ${leadsTo(privileges)}.`,
  identity: ({ weakness, issuer, conditions }) => [weakness, issuer ?? '', ...conditions],
  repair: ({ weakness, issuer, intended }, subject) => ({
    text: `Say who gets in: a positive operator (StringEquals) without IfExists or ForAllValues, for ${place(subject)}.`,
    ...edited({ weakness, issuer, intended }, subject),
  }),
  plan: ({ weakness, intended = [] }, subject, { config }, repair) => {
    if (subject.via === 'pod-identity' || weakness !== 'subject')
      return draftTightening(subject.door.role, repair);
    const { door } = subject;
    return draftNarrowing(door, repair, { intended, ...realFacts(door) }, config);
  },
});

const WORDS: Readonly<Record<Weakness, string>> = {
  subject: 'keeps some out and lets every other ServiceAccount in, of',
  audience: 'keeps some audiences out and lets every other in, of',
  association: 'lets in associations that it does not name, of',
  lenient: 'would be met by a token without the claim, which EKS never issues, of',
};

interface Weak {
  readonly weakness: Weakness;
  readonly issuer: string | undefined;
  readonly intended: readonly string[] | undefined;
}

/** Who is meant, or the same values under an operator that asks for the key; nothing where neither is known. */
function edited({ weakness, issuer, intended }: Weak, subject: Subject): Partial<PolicyChange> {
  const { role } = subject.door;
  if (subject.via === 'pod-identity') return withoutLeniency(role, lenientPods(subject.door));
  const { statements } = subject.door;
  switch (weakness) {
    case 'subject':
      return withConditionsReplaced(
        role,
        statements.map(({ statement, subject: conditions }) => ({ statement, conditions })),
        'StringEquals',
        `${issuer}:sub`,
        exactSubjects(subject.door, { intended: intended ?? [], ...realFacts(subject.door) }),
      );
    case 'audience':
      return withConditionsReplaced(
        role,
        statements
          .filter(({ audience }) => !audience.some(isPositive))
          .map(({ statement, audience: conditions }) => ({ statement, conditions })),
        'StringEquals',
        `${issuer}:aud`,
        [STS_AUDIENCE],
      );
    case 'lenient':
      return withoutLeniency(
        role,
        statements.flatMap((one) => [...one.subject, ...one.audience].filter(isLenient)),
      );
    case 'association':
      return {};
  }
}

/** The conditions of a door that only leave out calls without the key; none where others fail open by negation. */
function lenientPods({ statements }: PodDoor): readonly Condition[] {
  const weak = statements.flatMap(({ conditions }) =>
    conditions.filter(
      (condition) => isScoping(condition) && (!isPositive(condition) || isLenient(condition)),
    ),
  );
  return weak.every(isLenient) ? weak : [];
}

function place(subject: Subject): string {
  return subject.via === 'irsa' ? doorName(subject.door) : 'Pod Identity in the account';
}

function severityOf(weakness: Weakness, grade: Grade, subject: Subject): Severity {
  switch (weakness) {
    case 'subject':
      return weighted('cluster', grade);
    case 'association':
      return weighted('few', grade);
    case 'audience':
      return subject.via === 'irsa' && acceptedAudiences(subject.door).length > 1
        ? weighted('few', grade)
        : 'info';
    case 'lenient':
      return 'info';
  }
}

function webFacts(door: WebDoor, { config }: Scope): Facts | null {
  const statements = door.statements.map(({ subject, audience }) => ({ subject, audience }));
  const negated = statements.flatMap(({ subject }) => (subject.some(isPositive) ? [] : subject));
  // Made only for a finding: what a role may do is the dearest question of all.
  const facts = () => ({ issuer: door.issuer.key, ...privilegeFacts(door.role) });
  if (negated.length > 0 && admitsNobody(door) !== 'denied') {
    const intended = intendedSubjects(config, door.role, door.cluster);
    return { weakness: 'subject', conditions: written(negated), intended, ...facts() };
  }
  const audiences = statements.flatMap(({ audience }) => (audience.some(isPositive) ? [] : audience));
  if (audiences.length > 0 && !audiences.every(excludesAll)) {
    return { weakness: 'audience', conditions: written(audiences), ...facts() };
  }
  const lenient = statements.flatMap(({ subject, audience }) => [...subject, ...audience].filter(isLenient));
  return lenient.length === 0 ? null : { weakness: 'lenient', conditions: written(lenient), ...facts() };
}

/** `Null: true` asks for a token without the claim: nobody has one, and that is another rule's matter. */
function excludesAll({ operator, values }: Condition): boolean {
  return operator.name === 'Null' && values.every((value) => value.toLowerCase() === 'true');
}

function isLenient(condition: Condition): boolean {
  return isPositive(condition) && (condition.operator.ifExists || condition.operator.set === 'ForAllValues');
}

function podFacts(door: PodDoor, { estate }: Scope): Facts | null {
  const weak = door.statements.flatMap(({ conditions }) =>
    conditions.filter(
      (condition) => isScoping(condition) && (!isPositive(condition) || isLenient(condition)),
    ),
  );
  if (weak.length === 0) return null;
  const outcomes = [true, false].map((tags) => admitsAnyPod(door.role, estate, { tags }));
  if (outcomes.every((outcome) => outcome === 'denied')) return null;
  return { weakness: 'association', conditions: written(weak), ...privilegeFacts(door.role) };
}

function written(conditions: readonly Condition[]): string[] {
  return [...new Set(conditions.map(({ operator, key }) => `${operator.written} on ${key}`))].sort();
}
