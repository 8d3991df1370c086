import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import type { CompiledPolicy, CompiledStatement } from '../iam/compile.ts';
import { evaluate } from '../iam/evaluate.ts';
import type { PrincipalEntry } from '../iam/policy.ts';
import type { Request } from '../iam/request.ts';
import { webIdentityRequest } from '../iam/requests.ts';
import { audienceWords } from './audience.ts';
import { bounded } from './bounded.ts';
import type { Repair } from './chain.ts';
import { parseClaimKey } from './claim-key.ts';
import type { Diagnosis, Fault, TrustRule, Undecided } from './fault.ts';
import { type Flaw, type Inspection, rootFlaw, weightOf } from './flaw.ts';
import { answerWebIdentity, repairWebIdentity } from './irsa-trust.ts';
import { type Issuer, issuerKey, parseIssuer, parseProviderArn, providerArnFor } from './issuer.ts';
import { issuerJudge } from './issuer-judge.ts';
import {
  looksLikeEks,
  type ProviderStanding,
  providerOf,
  type Standing,
  standingOf,
} from './issuer-standing.ts';
import { likelySubject, malformedSubject } from './malformed-subject.ts';
import { meantSubjects } from './meant-subjects.ts';
import { isPlainlySound } from './plainly-sound.ts';
import { providerWords } from './provider-repair.ts';
import { hasWildcard, parseSubject, STS_AUDIENCE, subjectOf } from './service-account.ts';
import { allowsOf, deniesOf } from './statements.ts';
import { findSubject, setsOf } from './subject-search.ts';
import {
  inspectWebIdentity,
  isPositive,
  speaksOfServiceAccounts,
  type WebIdentity,
} from './web-identity-flaws.ts';

const NOTHING: Diagnosis = { faults: [], undecided: [] };

/** Diagnoses one Allow statement for each OIDC provider that it names, and keeps the most specific root cause. */
export function diagnoseWebIdentity(
  compiled: CompiledStatement,
  trust: CompiledPolicy,
  role: RoleView,
  estate: Estate,
): Diagnosis {
  if (isPlainlySound(compiled, trust, role, estate)) return NOTHING;
  const { principal } = compiled.statement;
  if (principal === undefined || principal.negated || principal.everyone) return NOTHING;
  const each = principal.entries
    .filter(({ kind }) => kind === 'Federated')
    .map((entry) => diagnoseEntry({ compiled, trust, role, estate, entry }));
  const faults = each.flatMap((diagnosis) => diagnosis.faults);
  return { faults, undecided: each.flatMap((diagnosis) => diagnosis.undecided) };
}

interface Case {
  readonly compiled: CompiledStatement;
  readonly trust: CompiledPolicy;
  readonly role: RoleView;
  readonly estate: Estate;
  readonly entry: PrincipalEntry;
}

/** The cluster that an entry means, and the issuer that its tokens carry. */
interface Meaning {
  readonly issuer: Issuer;
  readonly cluster?: ClusterView;
  readonly standing: Standing;
}

function diagnoseEntry(at: Case): Diagnosis {
  const meaning = meaningOf(at);
  if (meaning === null) return NOTHING;
  const { issuer, cluster, standing } = meaning;
  const provider = providerOf(issuer.key, at.role);
  const subjects = meantSubjects(at.compiled, issuer, at.trust.policy.version);
  const audience = audienceOf(at, issuer, provider);
  const wanted = subjects.map(
    (subject): WebIdentity => ({
      provider: providerArnFor(at.role.account.partition, at.role.account.id, issuer.key),
      issuer,
      subject,
      audience: audience.value,
    }),
  );
  const undecided: Undecided[] = [];
  const note = (rule: TrustRule, read: string, reason: string) =>
    undecided.push({ rule, statement: at.compiled.statement.index, read, reason });
  if (provider.kind === 'unread') {
    for (const rule of ['use-iam-oidc-provider', 'no-unknown-provider', 'use-sts-audience'] as const) {
      note(rule, provider.missing.read, provider.missing.reason);
    }
  }
  if (provider.kind === 'exists' && provider.provider.clientIds === undefined) {
    note(
      'use-sts-audience',
      'iam:GetOpenIDConnectProvider',
      `The audiences of ${provider.provider.arn} were not read.`,
    );
  }
  if (standing.kind === 'unseen' && !at.estate.seesEveryCluster()) {
    note(
      'no-stale-issuer',
      'eks:DescribeCluster',
      `No cluster that was read has the issuer ${issuer.key}, and not every cluster was read.`,
    );
  }
  if (audience.custom) {
    note(
      'no-wrong-audience',
      'kubernetes:serviceaccounts',
      `The trust policy asks for the audience ${audience.value}, which a ServiceAccount gets by annotation alone.`,
    );
  }
  const flaw =
    providerFlaw(at, issuer, cluster, provider, audience) ??
    statementFlaw(at, wanted, provider) ??
    valueFlaw(at, issuer) ??
    denyFlaw(at, wanted, issuer);
  if (flaw === null) return { faults: [], undecided };
  return { faults: [faultOf(at, meaning, flaw, wanted, provider)], undecided };
}

/** Which issuer the entry is about, or null when it is about no ServiceAccounts at all. */
function meaningOf({ compiled, role, estate, entry }: Case): Meaning | null {
  const slash = entry.value.indexOf('oidc-provider/');
  const text = slash < 0 ? entry.value : entry.value.slice(slash + 'oidc-provider/'.length);
  if (slash < 0 && !looksLikeEks(parseIssuer(text))) return null;
  const standing = standingOf(text, role, estate);
  const own = parseIssuer(text);
  switch (standing.kind) {
    case 'live':
      return { issuer: own, cluster: standing.cluster, standing };
    case 'near':
      return { issuer: parseIssuer(standing.cluster.issuerKey ?? text), cluster: standing.cluster, standing };
    case 'former': {
      const old = role.account.providersByArn.has(entry.value);
      const gone = !old || estate.seesEveryCluster() || standing.certain;
      if (!gone) return { issuer: own, standing: { kind: 'unseen' } };
      return { issuer: parseIssuer(standing.cluster.issuerKey ?? text), cluster: standing.cluster, standing };
    }
    case 'unseen':
      return { issuer: own, standing };
    case 'other':
      return speaksOfServiceAccounts(compiled) && !speaksOfNeighbour(compiled, entry)
        ? { issuer: own, standing }
        : null;
  }
}

/** True when the condition keys go with another provider of the same statement: what they ask is none of this one's. */
function speaksOfNeighbour({ statement }: CompiledStatement, entry: PrincipalEntry): boolean {
  const issuers = new Set(statement.conditions.flatMap(({ key }) => parseClaimKey(key)?.issuer ?? []));
  const neighbours = (statement.principal?.entries ?? []).filter(({ value }) => value !== entry.value);
  return neighbours.some(({ value }) => {
    const provider = parseProviderArn(value);
    return provider !== null && issuers.has(provider.issuer.key.toLowerCase());
  });
}

interface MeantAudience {
  readonly value: string;
  /** Not the audience of STS: right only for ServiceAccounts that are annotated with it. */
  readonly custom: boolean;
  /** True when the statement has a condition on it. */
  readonly asked: boolean;
}

/** The audience of the tokens that the statement means: that of STS unless it plainly asks for a custom one. */
function audienceOf({ compiled }: Case, issuer: Issuer, provider: ProviderStanding): MeantAudience {
  const key = `${issuer.key}:aud`.toLowerCase();
  const conditions = compiled.conditions.filter((condition) => condition.key === key);
  const asked = conditions.length > 0;
  const accepts = (audience: string) =>
    conditions.every(({ test }) => test([audience], () => 'unknown') !== 'no');
  if (!asked || accepts(STS_AUDIENCE)) return { value: STS_AUDIENCE, custom: false, asked };
  const known = provider.kind === 'exists' ? provider.provider.clientIds : undefined;
  const written = conditions.flatMap(({ condition }) =>
    condition.values.filter((value) => !hasWildcard(value)),
  );
  const custom = (known ?? written).find((audience) => accepts(audience) && audienceWords(audience) === null);
  return custom === undefined
    ? { value: STS_AUDIENCE, custom: false, asked }
    : { value: custom, custom: true, asked };
}

/** Faults of the provider itself: it is not there, or accepts no token of the cluster. */
function providerFlaw(
  { compiled, entry, role }: Case,
  issuer: Issuer,
  cluster: ClusterView | undefined,
  provider: ProviderStanding,
  audience: MeantAudience,
): Flaw | null {
  const flaw = (rule: TrustRule, value: string, detail: string): Flaw => ({
    aspect: 'principal',
    rule,
    detail,
    pointer: compiled.statement.pointer,
    value,
    weight: 0,
    edits: [],
  });
  const arn = providerArnFor(role.account.partition, role.account.id, issuer.key);
  if (provider.kind === 'absent') {
    if (cluster?.cluster.status === 'CREATING') return null;
    const near =
      provider.near === null
        ? ''
        : ` A near miss exists: ${provider.near.arn} (${provider.near.miss.words}).`;
    if (cluster === undefined) {
      return flaw(
        'no-unknown-provider',
        entry.value,
        `The trust policy names ${entry.value}, which does not exist in account ${role.account.id}.${near}`,
      );
    }
    return flaw(
      'use-iam-oidc-provider',
      arn,
      `Cluster ${cluster.cluster.name} has the issuer ${issuer.key}, and account ${role.account.id} has no IAM OIDC provider for it.${near}`,
    );
  }
  const clientIds = provider.kind === 'exists' ? provider.provider.clientIds : undefined;
  // Tokens for issuers that are not EKS's carry whatever audience their pods ask for.
  if (cluster === undefined && !audience.asked && clientIds?.length !== 0) return null;
  if (clientIds === undefined || audience.custom || clientIds.includes(STS_AUDIENCE)) return null;
  const has = clientIds.length === 0 ? 'no audience at all' : clientIds.join(', ');
  return flaw(
    'use-sts-audience',
    arn,
    `The provider ${arn} accepts ${has}, and the tokens carry ${STS_AUDIENCE}.`,
  );
}

/** The root flaw that keeps the statement from admitting anyone it means; none when it admits someone. */
function statementFlaw(at: Case, wanted: readonly WebIdentity[], provider: ProviderStanding): Flaw | null {
  const judge = issuerJudge(at.role, at.estate);
  const inspections: { readonly inspection: Inspection; readonly identity: WebIdentity }[] = [];
  for (const identity of wanted) {
    const inspection = inspectWebIdentity(at.compiled, identity, requestOf(identity, at.role), judge);
    if (inspection === null) return null;
    if (inspection.flaws.length === 0) return null;
    inspections.push({ inspection, identity });
  }
  if (provider.kind !== 'absent' && wanted.every((identity) => admits(at, identity) === 'allowed'))
    return null;
  const nearest = inspections.sort((a, b) => weightOf(a.inspection) - weightOf(b.inspection))[0];
  const root = rootFlaw(nearest?.inspection.flaws ?? []);
  if (root === undefined) return null;
  if (root.rule === 'no-wrong-assume-action' && isCompanion(at)) return null;
  return root.rule === null ? { ...root, rule: 'no-unsatisfiable-trust' } : root;
}

/** A statement for session tags or source identities alone goes with one that lets the same provider in. */
function isCompanion({ compiled, trust, entry }: Case): boolean {
  const alone = compiled.statement.action.patterns.every((pattern) =>
    /^sts:(tagsession|setsourceidentity|setcontext)$/i.test(pattern),
  );
  const caller = { kind: 'federated', provider: entry.value } as const;
  return (
    alone &&
    allowsOf(trust).some(
      (other) =>
        other !== compiled &&
        other.principal(caller) !== 'no' &&
        other.action('sts:AssumeRoleWithWebIdentity'),
    )
  );
}

/** One value of a list that can never match, beside others that can. */
function valueFlaw(at: Case, issuer: Issuer): Flaw | null {
  const key = `${issuer.key}:sub`.toLowerCase();
  for (const { condition, key: written } of at.compiled.conditions) {
    const { operator, values, pointer } = condition;
    if (written !== key || !isPositive(operator) || !operator.name.startsWith('String')) continue;
    const literal = operator.name !== 'StringLike';
    for (const value of values) {
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
function denyFlaw(at: Case, wanted: readonly WebIdentity[], issuer: Issuer): Flaw | null {
  const { compiled, trust } = at;
  const [first] = wanted;
  if (first === undefined || deniesOf(trust).length === 0) return null;
  const denied = wanted.every((identity) => deniedBy(at, identity) !== null);
  if (!denied) return null;
  const key = `${issuer.key}:sub`.toLowerCase();
  const version = trust.policy.version;
  const request = requestOf(first, at.role);
  const outside = deniesOf(trust)
    .filter((deny) => appliesButFor(deny, key, request))
    .map((deny) => setsOf(deny, key, version));
  const left = findSubject({ inside: setsOf(compiled, key, version), outside });
  if (left !== null) return null;
  const by = deniedBy(at, first);
  return {
    aspect: 'conditions',
    rule: 'no-unsatisfiable-trust',
    detail: `Statement ${(by ?? 0) + 1} denies everyone that this statement allows.`,
    pointer: compiled.statement.pointer,
    value: `denied ${first.subject}`,
    weight: 1,
    edits: [],
  };
}

function deniedBy(at: Case, identity: WebIdentity): number | null {
  const decision = evaluate(at.trust, requestOf(identity, at.role));
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

function requestOf(identity: WebIdentity, role: RoleView): Request {
  const { provider, issuer, subject, audience } = identity;
  return webIdentityRequest({ provider, issuerKey: issuer.key, subject, audience, roleArn: role.role.arn });
}

function admits(at: Case, identity: WebIdentity) {
  return evaluate(at.trust, requestOf(identity, at.role)).outcome;
}

function faultOf(
  at: Case,
  { cluster, standing, issuer }: Meaning,
  flaw: Flaw,
  wanted: readonly WebIdentity[],
  provider: ProviderStanding,
): Fault {
  const rule = trustRule(flaw.rule);
  const single = wanted.length === 1 ? parseSubject(wanted[0]?.subject ?? '') : null;
  const named = speaksOfServiceAccounts(at.compiled) ? single : null;
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
  const judge = issuerJudge(at.role, at.estate);
  for (const identity of wanted) {
    const inspection = inspectWebIdentity(at.compiled, identity, requestOf(identity, at.role), judge);
    for (const flaw of inspection?.flaws ?? []) if (flaw.rule !== null) names.add(flaw.rule);
  }
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
  const words = providerWords(first, provider, at.role);
  if (words !== null) return { text: words };
  const one = flaw.edits.length > 0 && wanted.length === 1;
  if (!one || flaw.rule === 'no-literal-wildcard' || !namesOne(at, first)) return null;
  const answer = answerWebIdentity(at.role, first, at.estate);
  return answer === null ? null : repairWebIdentity(at.role.trust(), answer, first, at.role.role.arn);
}

/** True when the statement itself names the ServiceAccount, not only a pattern that takes it in. */
function namesOne({ compiled }: Case, { subject }: WebIdentity): boolean {
  return compiled.conditions.some(({ condition }) =>
    condition.values.some((value) => value === subject || likelySubject(value) === subject),
  );
}
