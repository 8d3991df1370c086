/** What is wrong with the values of a condition on the subject or the audience, under a key that is right. */
import type { CompiledCondition } from '../iam/conditions/condition.ts';
import { globMatcher } from '../iam/glob.ts';
import type { Operator } from '../iam/policy.ts';
import { audienceWords } from './audience.ts';
import type { TrustRule } from './fault.ts';
import type { Aspect, Flaw } from './flaw.ts';
import type { Issuer } from './issuer.ts';
import { likelySubject, MOST_VALUES, malformedSubject } from './malformed-subject.ts';
import { subjectNearMiss } from './near-subject.ts';
import type { PolicyEdit } from './policy-edit.ts';
import { hasWildcard, parseSubject, STS_AUDIENCE } from './service-account.ts';

/** The web identity that a statement is held against. */
export interface WebIdentity {
  /** ARN of the provider that the role's account has, or should have, for the issuer. */
  readonly provider: string;
  readonly issuer: Issuer;
  readonly subject: string;
  readonly audience: string;
  /** ISO time of the call; absent: some time. */
  readonly at?: string;
}

/** The claims that conditions on ServiceAccounts test. */
export type Claim = 'sub' | 'aud';

/** The part of a statement that a claim stands for. */
export const aspectOf = (claim: Claim): Aspect => (claim === 'sub' ? 'subject' : 'audience');

/** The flaw of values under the right key. */
export function claimFlaw(compiled: CompiledCondition, claim: Claim, wanted: WebIdentity): Flaw {
  const { operator, pointer, values } = compiled.condition;
  if (!isPositive(operator) || !operator.name.startsWith('String'))
    return operatorFlaw(compiled, claim, wanted);
  const literal = operator.name !== 'StringLike';
  const target = claim === 'sub' ? wanted.subject : wanted.audience;
  const wild = literal ? values.find((value) => hasWildcard(value) && globMatcher(value)(target)) : undefined;
  const onlyWild = literal && values.length > 0 && values.every(hasWildcard) ? values[0] : undefined;
  const star = wild ?? onlyWild;
  if (star !== undefined) {
    return {
      aspect: aspectOf(claim),
      rule: 'no-literal-wildcard',
      detail: `${operator.written} takes "${star}" literally, with its wildcards as plain characters, so that it never matches ${target}.`,
      pointer,
      value: star,
      weight: wild === undefined ? 3 : 1,
      edits: [{ kind: 'replace-value', pointer, from: star, to: target }],
    };
  }
  return claim === 'sub' ? subjectFlaw(compiled, wanted) : audienceFlaw(compiled, wanted);
}

/** Operators that hold only when the claim is there and has one of the values. */
export function isPositive(operator: Operator): boolean {
  return operator.name !== 'Null' && !/Not/.test(operator.name);
}

function operatorFlaw({ condition }: CompiledCondition, claim: Claim, wanted: WebIdentity): Flaw {
  const { operator, values, pointer } = condition;
  const target = claim === 'sub' ? wanted.subject : wanted.audience;
  const excludes = !isPositive(operator) && operator.name !== 'Null';
  const fitting = excludes || operator.name.startsWith('Arn');
  return {
    aspect: aspectOf(claim),
    rule: fitting ? (claim === 'aud' ? 'no-wrong-audience' : null) : 'no-unsatisfiable-trust',
    detail: excludes
      ? `${operator.written} ${condition.key} excludes ${target} (${values.join(', ')}).`
      : `${operator.written} ${condition.key} (${values.join(', ')}) does not hold for ${target}.`,
    pointer,
    value: `${operator.written} ${values.join(' ')}`,
    weight: 4,
    edits: [],
  };
}

function subjectFlaw({ condition }: CompiledCondition, wanted: WebIdentity): Flaw {
  const { operator, pointer } = condition;
  const values = condition.values.slice(0, MOST_VALUES);
  const flaw = (
    rule: TrustRule | null,
    value: string,
    detail: string,
    weight: number,
    edits: readonly PolicyEdit[],
  ): Flaw => ({
    aspect: 'subject',
    rule,
    detail,
    pointer,
    value,
    weight,
    edits,
  });
  const literal = operator.name !== 'StringLike';
  const ignoreCase = operator.name === 'StringEqualsIgnoreCase';
  const add: PolicyEdit = { kind: 'add-value', pointer, value: wanted.subject };
  const bad = values
    .flatMap((value) => {
      const problem = malformedSubject({ value, literal, ignoreCase });
      return problem === null
        ? []
        : [{ value, problem, meansUs: (problem.meant ?? likelySubject(value)) === wanted.subject }];
    })
    .sort((a, b) => Number(b.meansUs) - Number(a.meansUs));
  const [worst] = bad;
  if (worst !== undefined && (worst.meansUs || bad.length === values.length)) {
    const { value, problem, meansUs } = worst;
    const meant = problem.meant === null ? '' : ` Probably ${problem.meant} was meant.`;
    const edit: PolicyEdit = meansUs
      ? { kind: 'replace-value', pointer, from: value, to: wanted.subject }
      : add;
    const detail = `No ServiceAccount can have the subject "${value}": ${problem.words}.${meant}`;
    return flaw('no-malformed-subject', value, detail, meansUs ? 1 : 4, [edit]);
  }
  const account = parseSubject(wanted.subject);
  const near = values
    .flatMap((value) => {
      const miss = account === null ? null : subjectNearMiss(value, account);
      return miss === null ? [] : [{ value, ...miss }];
    })
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined) {
    const detail = `The trust policy names ${near.value}, not ${wanted.subject}: ${near.words}.`;
    return flaw(null, near.value, detail, 2 + near.distance, [add]);
  }
  const listed = values.slice(0, 3).join(', ') + (values.length > 3 ? `, … (${values.length} in all)` : '');
  const detail = `The trust policy names ${listed === '' ? 'no subject' : listed}, not ${wanted.subject}.`;
  return flaw(null, values.join(' '), detail, 6, [add]);
}

function audienceFlaw({ condition }: CompiledCondition, wanted: WebIdentity): Flaw {
  const { pointer, values } = condition;
  const [only] = values;
  const edit: PolicyEdit =
    values.length === 1 &&
    only !== undefined &&
    (wanted.audience !== STS_AUDIENCE || audienceWords(only) !== null)
      ? { kind: 'replace-value', pointer, from: only, to: wanted.audience }
      : { kind: 'add-value', pointer, value: wanted.audience };
  const words = values.map(audienceWords).find((text) => text !== null);
  return {
    aspect: 'audience',
    rule: 'no-wrong-audience',
    detail: `The trust policy asks for the audience ${values.join(', ') || '(none)'}, and the token carries ${wanted.audience}${words === undefined || words === null ? '' : `: ${words}`}.`,
    pointer,
    value: values.join(' '),
    weight: 1,
    edits: [edit],
  };
}
