import type { CompiledStatement } from '../iam/compile.ts';
import type { CompiledCondition } from '../iam/conditions/condition.ts';
import type { Statement } from '../iam/policy.ts';
import type { Request } from '../iam/request.ts';
import { aspectOf, type Claim, claimFlaw, isPositive, type WebIdentity } from './claim-flaws.ts';
import { type ClaimKey, parseClaimKey } from './claim-key.ts';
import type { TrustRule } from './fault.ts';
import type { Flaw, Inspection, OpenQuestion } from './flaw.ts';
import { parseProviderArn } from './issuer.ts';
import type { PolicyEdit } from './policy-edit.ts';
import { SUBJECT_PREFIX } from './service-account.ts';

/** What only the estate knows about a statement's names. */
export interface IssuerJudge {
  /** The flaw of a statement whose principals do not include the provider, or null when it is about something else. */
  readonly principal: (compiled: CompiledStatement, wanted: WebIdentity) => Flaw | null;
  /** The rule for a condition key that carries another issuer, with words about that issuer. */
  readonly key: (issuer: string, wanted: WebIdentity) => { readonly rule: TrustRule; readonly words: string };
}

const ACTION = 'sts:AssumeRoleWithWebIdentity';

/** Holds one Allow statement against a web identity, part by part; null when it has nothing to do with it. */
export function inspectWebIdentity(
  compiled: CompiledStatement,
  wanted: WebIdentity,
  request: Request,
  judge: IssuerJudge,
): Inspection | null {
  const flaws: Flaw[] = [];
  const open: OpenQuestion[] = [];
  const principal = compiled.principal(request.caller);
  let meansOther = false;
  if (principal === 'no') {
    const flaw = judge.principal(compiled, wanted);
    if (flaw === null) return null;
    const slip = flaw.rule === null && hasKeyOf(compiled, wanted);
    flaws.push(slip ? principalSlip(flaw, wanted) : flaw);
    meansOther = flaw.rule === null && !slip;
  } else if (principal === 'undecided') {
    open.push({
      aspect: 'principal',
      detail: 'Whether the principal is covered cannot be told from the document.',
    });
  }
  if (!compiled.action(request.action)) flaws.push(actionFlaw(compiled));
  for (const condition of compiled.conditions) {
    const met = condition.test(request.context(condition.key), request.context);
    if (met === 'undecided') open.push(openQuestion(condition));
    if (met !== 'no') continue;
    const found = conditionFlaws(condition, compiled, wanted, request, judge);
    flaws.push(...(meansOther ? found.map((flaw) => ofAnother(flaw, condition)) : found));
  }
  return { statement: compiled.statement, flaws, open };
}

function hasKeyOf({ conditions }: CompiledStatement, { issuer }: WebIdentity): boolean {
  return conditions.some(
    ({ condition }) => parseClaimKey(condition.key)?.issuer === issuer.key.toLowerCase(),
  );
}

/** Keys of this cluster under the provider of another: nobody satisfies both, and the keys say who is meant. */
function principalSlip(flaw: Flaw, { provider }: WebIdentity): Flaw {
  return {
    ...flaw,
    rule: 'no-mismatched-condition-key',
    detail: `${flaw.detail} The condition keys of the statement carry the issuer of this cluster.`,
    weight: 2,
    edits: [{ kind: 'replace-value', pointer: flaw.pointer, from: flaw.value, to: provider }],
  };
}

/** In a statement that is sound and means another cluster, a key of that cluster's issuer is no slip: no rule, no edit. */
function ofAnother(flaw: Flaw, { condition }: CompiledCondition): Flaw {
  if (flaw.rule !== 'no-mismatched-condition-key') return flaw;
  const detail = `Condition key "${condition.key}" goes with the statement's own provider, not with this cluster.`;
  return { ...flaw, rule: null, detail, edits: [] };
}

function actionFlaw({ statement }: CompiledStatement): Flaw {
  const { action, principal } = statement;
  const written = action.patterns.join(', ');
  const edits: PolicyEdit[] = [];
  const federatedAlone = (principal?.entries ?? []).every(({ kind }) => kind === 'Federated');
  const plain = action.patterns.find((pattern) =>
    /^sts:assumerole(withsaml|withwebident\w*)?$/i.test(pattern),
  );
  if (!action.negated) {
    edits.push(
      plain !== undefined && federatedAlone
        ? { kind: 'replace-value', pointer: action.pointer, from: plain, to: ACTION }
        : { kind: 'add-value', pointer: action.pointer, value: ACTION },
    );
  }
  return {
    aspect: 'action',
    rule: 'no-wrong-assume-action',
    detail: action.negated
      ? `The statement's NotAction (${written}) takes ${ACTION} away.`
      : `The statement allows ${written}, and a web identity needs ${ACTION}.`,
    pointer: action.pointer,
    value: written,
    weight: 1,
    edits,
  };
}

function openQuestion({ condition, key }: CompiledCondition): OpenQuestion {
  const claim = parseClaimKey(key)?.claim;
  const values = condition.values.join(', ');
  return {
    aspect: claim === 'sub' ? 'subject' : claim === 'aud' ? 'audience' : 'conditions',
    detail: `${condition.operator.written} ${condition.key} (${values}) depends on a value that only the request itself carries.`,
  };
}

function conditionFlaws(
  compiled: CompiledCondition,
  whole: CompiledStatement,
  wanted: WebIdentity,
  request: Request,
  judge: IssuerJudge,
): Flaw[] {
  const key = parseClaimKey(compiled.condition.key);
  if (key === null) return [foreignConditionFlaw(compiled, whole.statement, request)];
  const meant = meantClaim(key, compiled.condition.values);
  if (isOtherClaim(compiled, key, wanted)) return [otherClaimFlaw(compiled, whole, wanted)];
  const mismatch = keyFlaw(compiled, key, meant, wanted, judge);
  if (mismatch === null) return [claimFlaw(compiled, meant, wanted)];
  if (namesProviderOf(key.issuer, whole)) return [ofNeighbour(mismatch, compiled)];
  const held = compiled.test([meant === 'aud' ? wanted.audience : wanted.subject], request.context);
  return held === 'no' && isPositive(compiled.condition.operator)
    ? [mismatch, claimFlaw(compiled, meant, wanted)]
    : [mismatch];
}

/** True for a claim that tokens of EKS do not offer to conditions, with values that are neither subject nor audience. */
function isOtherClaim(
  { condition, key }: CompiledCondition,
  claim: ClaimKey,
  { issuer }: WebIdentity,
): boolean {
  if (condition.values.some((value) => looksLikeSubject(value) || looksLikeAudience(value))) return false;
  const own = `${issuer.key}:`.toLowerCase();
  const name = key.startsWith(own) ? key.slice(own.length) : claim.claim;
  return name !== '' && !/sub|aud/.test(name);
}

/** A condition on such a claim: needless beside one on the subject, and no stand-in for it. */
function otherClaimFlaw(
  { condition, key }: CompiledCondition,
  { conditions }: CompiledStatement,
  { issuer }: WebIdentity,
): Flaw {
  const right = `${issuer.key}:sub`;
  const asked = conditions.some((other) => other.key === right.toLowerCase());
  const own = key.startsWith(`${issuer.key}:`.toLowerCase());
  const remedy = asked
    ? `Take the condition on "${condition.key}" out: that on the subject says who gets in.`
    : `Ask for "${right}" instead, whose value system:serviceaccount:<namespace>:<name> holds both names.`;
  return {
    aspect: 'conditions',
    rule: 'no-mismatched-condition-key',
    detail: `Condition key "${condition.key}" is never in the request: ${own ? 'conditions' : 'it is of another identity provider, and conditions'} know the claims sub and aud of tokens of EKS, and no others. ${remedy}`,
    pointer: condition.pointer,
    value: condition.key,
    weight: 1,
    remedy,
    edits: asked ? [{ kind: 'remove-condition', pointer: condition.pointer }] : [],
  };
}

/** True when the statement names the provider of an issuer, given lower-cased. */
function namesProviderOf(issuer: string, { statement }: CompiledStatement): boolean {
  const entries = statement.principal?.entries ?? [];
  return (
    entries.length > 1 &&
    entries.some(({ value }) => parseProviderArn(value)?.issuer.key.toLowerCase() === issuer)
  );
}

/** A key that goes with another provider of the same statement: to rename it would take that one's condition away. */
function ofNeighbour(flaw: Flaw, { condition }: CompiledCondition): Flaw {
  const remedy =
    'Give each provider a statement of its own, with conditions on the claims of its own issuer.';
  const detail = `Condition key "${condition.key}" goes with another provider of the statement, whose tokens alone carry it, and all conditions must hold at once. ${remedy}`;
  return { ...flaw, detail, remedy };
}

/** The claim that the condition is about: by its values, where they leave no doubt, else by its key. */
function meantClaim(key: ClaimKey, values: readonly string[]): Claim {
  if (values.length > 0 && values.every(looksLikeSubject)) return 'sub';
  if (values.length > 0 && values.every(looksLikeAudience)) return 'aud';
  return key.claim === 'aud' || /aud/.test(key.claim) ? 'aud' : 'sub';
}

const looksLikeSubject = (value: string) => /service[-_ ]?accounts?[:/]/i.test(value);
const looksLikeAudience = (value: string) =>
  /(^|[./])sts[.*]|amazonaws\.com/i.test(value) && !looksLikeSubject(value);

/** The flaw of the key itself, or null when it names the issuer and the claim as it should. */
function keyFlaw(
  { condition }: CompiledCondition,
  key: ClaimKey,
  meant: Claim,
  wanted: WebIdentity,
  judge: IssuerJudge,
): Flaw | null {
  const right = `${wanted.issuer.key}:${meant}`;
  if (condition.key.toLowerCase() === right.toLowerCase()) return null;
  const flaw = (rule: TrustRule, words: string): Flaw => ({
    aspect: aspectOf(meant),
    rule,
    detail: `Condition key "${condition.key}" is never in the request: ${words}. It should be "${right}".`,
    pointer: condition.pointer,
    value: condition.key,
    weight: 1,
    edits: [{ kind: 'rename-key', pointer: condition.pointer, key: right }],
  });
  if (key.issuer === '') return flaw('no-mismatched-condition-key', 'it names no issuer');
  if (key.issuer !== wanted.issuer.key.toLowerCase()) {
    const { rule, words } = judge.key(key.issuer, wanted);
    return flaw(rule, words);
  }
  if (key.dirt !== null) return flaw('no-mismatched-condition-key', dirtWords(key.dirt));
  if (key.claim === '') return flaw('no-mismatched-condition-key', `it lacks ":${meant}" at its end`);
  if (key.claim !== 'sub' && key.claim !== 'aud') {
    return flaw('no-mismatched-condition-key', `tokens of EKS offer no claim "${key.claim}" to conditions`);
  }
  const [is, should] = key.claim === 'sub' ? ['subject', 'an audience'] : ['audience', 'a subject'];
  return {
    ...flaw('no-mismatched-condition-key', `it compares the ${is} with ${should}`),
    detail: `Condition key "${condition.key}" compares the ${is} with ${should} (${condition.values.join(', ')}): it should be "${right}".`,
  };
}

function dirtWords(dirt: NonNullable<ClaimKey['dirt']>): string {
  switch (dirt) {
    case 'https://':
      return 'it carries https://, which condition keys leave out';
    case 'ARN prefix':
      return "it carries the provider's ARN, where only the issuer belongs";
    case 'trailing slash':
      return 'it has a slash before the claim';
    case 'white space':
      return 'it has white space around it';
  }
}

/** Conditions on keys of other kinds, that this request surely does not satisfy. */
function foreignConditionFlaw(
  { condition, key }: CompiledCondition,
  { principal }: Statement,
  request: Request,
): Flaw {
  const absent = request.context(key) === 'absent';
  const tokensAlone = principal?.entries.every(({ kind }) => kind === 'Federated') === true;
  return {
    aspect: 'conditions',
    rule: absent || condition.values.length === 0 ? 'no-unsatisfiable-trust' : null,
    detail: absent
      ? `${condition.operator.written} ${condition.key} can never hold: a request for a web identity does not carry that key${whyAbsent(key)}.`
      : `${condition.operator.written} ${condition.key} (${condition.values.join(', ')}) does not hold for this request.`,
    pointer: condition.pointer,
    value: `${condition.operator.written} ${condition.key}`,
    weight: 3,
    edits: absent && tokensAlone ? [{ kind: 'remove-condition', pointer: condition.pointer }] : [],
  };
}

/** Keys that people carry over from other kinds of trust, with what stands for them here. */
const ELSEWHERE: readonly (readonly [keys: RegExp, words: string])[] = [
  [
    /^aws:source(account|arn|org|owner)/,
    ', which services send when they call for somebody, as EKS does for Pod Identity; the provider already names the cluster',
  ],
  [/^aws:principal/, ', since whoever comes with a token is no AWS principal yet'],
  [/^sts:externalid$/, ', since sts:AssumeRoleWithWebIdentity takes no external id'],
  [
    /^aws:(requesttag\/|tagkeys$)/,
    ', since tokens of EKS hold no session tags; the subject names namespace and ServiceAccount',
  ],
];

function whyAbsent(key: string): string {
  return ELSEWHERE.find(([keys]) => keys.test(key))?.[1] ?? '';
}

/** True for statements that speak of ServiceAccounts, whatever issuer they name. */
export function speaksOfServiceAccounts({ statement }: CompiledStatement): boolean {
  return statement.conditions.some(({ values }) => values.some((value) => value.includes(SUBJECT_PREFIX)));
}
