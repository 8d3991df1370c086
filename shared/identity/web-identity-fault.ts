import { compile } from '../iam/compile.ts';
import { decide } from '../iam/evaluate.ts';
import { parsePolicy } from '../iam/parse.ts';
import { bounded } from './bounded.ts';
import type { Repair } from './chain.ts';
import type { WebIdentity } from './claim-flaws.ts';
import { isClosedByNotAction } from './closed-by-not-action.ts';
import type { Fault, TrustRule } from './fault.ts';
import type { Flaw } from './flaw.ts';
import { answerWebIdentity, repairWebIdentity, requestOf } from './irsa-trust.ts';
import { issuerKey } from './issuer.ts';
import { issuerJudge } from './issuer-judge.ts';
import type { ProviderStanding } from './issuer-standing.ts';
import { likelySubject } from './malformed-subject.ts';
import { providerWords } from './provider-repair.ts';
import { parseSubject, subjectOf } from './service-account.ts';
import type { Case, Meaning } from './web-identity-case.ts';
import { inspectWebIdentity } from './web-identity-flaws.ts';

/** A flaw as the fault of its statement: with the cluster and ServiceAccount that are meant, what follows, and the repair. */
export function faultOf(
  at: Case,
  { cluster, standing, issuer }: Meaning,
  flaw: Flaw,
  wanted: readonly WebIdentity[],
  provider: ProviderStanding,
): Fault {
  const rule = trustRule(flaw.rule);
  const [only, ...others] = wanted;
  // A subject that stands for a pattern is nobody's: the place of a finding names real ServiceAccounts alone.
  const named =
    only !== undefined && others.length === 0 && namesOne(at, only) ? parseSubject(only.subject) : null;
  const stale = rule === 'no-stale-issuer' && standing.kind === 'former' ? ` (${standing.evidence})` : '';
  return {
    rule,
    statement: at.compiled.statement.index,
    ...(cluster === undefined ? {} : { cluster }),
    ...(named ?? {}),
    detail: bounded(flaw.detail + stale),
    evidence: {
      provider: at.entry.value,
      issuer: issuer.key,
      value: flaw.value,
      pointer: flaw.pointer,
      ...(named === null ? {} : { subject: subjectOf(named.namespace, named.serviceAccount) }),
    },
    consequences: consequencesOf(at, rule, wanted),
    identity: `${issuerKey(at.entry.value.replace(/^.*oidc-provider\//, ''))} ${flaw.value}`,
    repair: repairOf(at, flaw, wanted, provider),
  };
}

/** Rules that the same statement breaks as well, because of the same mistake or behind it. */
function consequencesOf(at: Case, rule: TrustRule, wanted: readonly WebIdentity[]): string[] {
  const names = new Set<string>();
  const { account } = at.role;
  if (!account.providersByArn.has(at.entry.value) && account.missing('oidcProviders') === null)
    names.add('no-unknown-provider');
  else if (rule === 'no-stale-issuer' && at.estate.seesEveryCluster()) names.add('no-foreign-issuer');
  const judge = issuerJudge(at.role, at.estate);
  for (const identity of wanted) {
    const inspection = inspectWebIdentity(
      at.compiled,
      identity,
      requestOf(identity, at.role.role.arn),
      judge,
    );
    for (const flaw of inspection?.flaws ?? []) if (flaw.rule !== null) names.add(flaw.rule);
  }
  if (rule === 'no-wrong-assume-action' && isClosedByNotAction(at.compiled.statement))
    names.add('no-negated-trust');
  names.delete(rule);
  return [...names].sort();
}

function trustRule(rule: Flaw['rule']): TrustRule {
  return rule === null || rule === 'no-tagless-tag-condition' ? 'no-unsatisfiable-trust' : rule;
}

/** The edit of the statement that lets in those whom it names, or words about the provider; null where neither is known. */
function repairOf(
  at: Case,
  flaw: Flaw,
  wanted: readonly WebIdentity[],
  provider: ProviderStanding,
): Repair | null {
  const [first] = wanted;
  if (first === undefined) return null;
  const words = providerWords(first, provider, at.role.account);
  if (words !== null) return { text: words };
  const inWords = flaw.remedy === undefined ? null : { text: flaw.remedy };
  if (flaw.edits.length === 0 || flaw.rule === 'no-literal-wildcard') return inWords;
  if (!wanted.every((identity) => namesOne(at, identity))) return inWords;
  const answer = answerWebIdentity(at.role, first, at.estate);
  if (answer === null) return null;
  const repair = repairWebIdentity(at.role.trust(), answer, first, at.role.role.arn);
  if (wanted.length > 1 && !letsAllIn(repair, wanted, at)) return inWords;
  return inWords === null ? repair : { ...repair, text: bounded(`${inWords.text} ${repair.text}`) };
}

/** True when an edit made for the first of several lets all of them in. */
function letsAllIn({ after }: Repair, wanted: readonly WebIdentity[], { role }: Case): boolean {
  const policy = after === undefined ? null : parsePolicy(after, 'trust').policy;
  if (policy === null) return false;
  const compiled = compile(policy);
  return wanted.every((identity) => decide(compiled, requestOf(identity, role.role.arn)) === 'allowed');
}

/** True when the statement itself names the ServiceAccount, not only a pattern that takes it in. */
function namesOne({ compiled }: Case, { subject }: WebIdentity): boolean {
  return compiled.conditions.some(({ condition }) =>
    condition.values.some((value) => value === subject || likelySubject(value) === subject),
  );
}
