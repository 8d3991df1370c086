/** What a statement that admits someone can still have wrong: a value of a list that never matches, a Deny of them all. */
import type { CompiledStatement } from '../iam/compile.ts';
import { evaluate } from '../iam/evaluate.ts';
import type { Request } from '../iam/request.ts';
import { isPositive, type WebIdentity } from './claim-flaws.ts';
import { denyWords } from './deny-words.ts';
import type { Flaw } from './flaw.ts';
import { requestOf } from './irsa-trust.ts';
import { type Issuer, providerArnFor } from './issuer.ts';
import { MOST_VALUES, malformedSubject } from './malformed-subject.ts';
import { hasWildcard, STS_AUDIENCE } from './service-account.ts';
import { deniesOf } from './statements.ts';
import { findSubject, setsOf } from './subject-search.ts';
import { admits, type Case } from './web-identity-case.ts';

/** One value of a list that can never match, beside others that can. */
export function valueFlaw(at: Case, issuer: Issuer): Flaw | null {
  const key = `${issuer.key}:sub`.toLowerCase();
  for (const { condition, key: written } of at.compiled.conditions) {
    const { operator, values, pointer } = condition;
    if (written !== key || !isPositive(operator) || !operator.name.startsWith('String')) continue;
    const literal = operator.name !== 'StringLike';
    for (const value of values.slice(0, MOST_VALUES)) {
      if (value.includes('${')) continue;
      const flaw = { aspect: 'subject', pointer, value, weight: 1, edits: [] } as const;
      if (literal && hasWildcard(value) && looksLikeSubject(value)) {
        return {
          ...flaw,
          rule: 'no-literal-wildcard',
          detail: `${operator.written} takes "${value}" literally, with its wildcards as plain characters, so that it matches no ServiceAccount.`,
        };
      }
      const problem = malformedSubject({
        value,
        literal,
        ignoreCase: operator.name === 'StringEqualsIgnoreCase',
      });
      if (problem === null || isMeantElsewhere(at, issuer, problem.meant)) continue;
      const meant = problem.meant === null ? '' : ` Probably ${problem.meant} was meant.`;
      return {
        ...flaw,
        rule: 'no-malformed-subject',
        detail: `No ServiceAccount can have the subject "${value}": ${problem.words}.${meant}`,
      };
    }
  }
  return null;
}

const looksLikeSubject = (value: string) => /service[-_ ]?account/i.test(value);

/** True when the policy admits the subject that a slip of the pen stands for. */
function isMeantElsewhere(at: Case, issuer: Issuer, meant: string | null): boolean {
  if (meant === null || hasWildcard(meant)) return false;
  const { account } = at.role;
  const provider = providerArnFor(account.partition, account.id, issuer.key);
  return admits(at, { provider, issuer, subject: meant, audience: STS_AUDIENCE }) === 'allowed';
}

/** A Deny that takes away all that the statement gives. */
export function denyFlaw(at: Case, wanted: readonly WebIdentity[], issuer: Issuer): Flaw | null {
  const { compiled, trust } = at;
  const [first] = wanted;
  if (first === undefined || deniesOf(trust).length === 0) return null;
  const denied = wanted.every((identity) => deniedBy(at, identity) !== null);
  if (!denied) return null;
  const key = `${issuer.key}:sub`.toLowerCase();
  const version = trust.policy.version;
  const request = requestOf(first, at.role.role.arn);
  const outside = deniesOf(trust)
    .filter((deny) => appliesButFor(deny, key, request))
    .map((deny) => setsOf(deny, key, version));
  const left = findSubject({ inside: setsOf(compiled, key, version), outside });
  if (left !== null) return null;
  const by = deniedBy(at, first) ?? 0;
  return {
    aspect: 'conditions',
    rule: 'no-unsatisfiable-trust',
    detail: `Statement ${by + 1} denies everyone that this statement allows${denyWords(trust, by, request)}.`,
    pointer: compiled.statement.pointer,
    value: `denied ${first.subject}`,
    weight: 1,
    edits: [],
  };
}

function deniedBy(at: Case, identity: WebIdentity): number | null {
  const decision = evaluate(at.trust, requestOf(identity, at.role.role.arn));
  return decision.outcome === 'denied' && decision.by?.effect === 'Deny' ? decision.by.index : null;
}

/** True when a Deny applies to the request by everything except its conditions on one key. */
function appliesButFor(deny: CompiledStatement, key: string, request: Request): boolean {
  return (
    deny.principal(request.caller) === 'yes' &&
    deny.action(request.action) &&
    deny.conditions.every(
      (condition) =>
        condition.key === key || condition.test(request.context(condition.key), request.context) === 'yes',
    )
  );
}
