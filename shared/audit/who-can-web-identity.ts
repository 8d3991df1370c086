import type { Estate, RoleView } from '../estate/estate.ts';
import type { Admitted, Grant, KeySet, Pattern, StringSet } from '../iam/admitted-types.ts';
import type { Verdict } from '../identity/chain.ts';
import { type Issuer, parseProviderArn } from '../identity/issuer.ts';
import { looksLikeEks, providerOf } from '../identity/issuer-standing.ts';
import { SUBJECT_PREFIX } from '../identity/service-account.ts';
import type { Way } from './who-can.ts';
import { type Judged, judgeCalls, only } from './who-can-calls.ts';
import { isExact, judgeSubjects } from './who-can-subjects.ts';
import { conditionWords, patternWords } from './who-can-words.ts';

/** What the ways of one grant are worked out from. */
export interface GrantContext {
  readonly role: RoleView;
  readonly estate: Estate;
  /** The whole trust policy. */
  readonly sets: Admitted;
}

/**
 * The ways of one grant that go by OIDC tokens, one for each provider and each subject or pattern. Where the statement
 * names no provider, those that its conditions leave out are none of its ways.
 */
export function webIdentityWays(grant: Grant, context: GrantContext): Way[] {
  if (!grant.actions.includes('sts:AssumeRoleWithWebIdentity')) return [];
  const { account } = context.role;
  const everyone = grant.principal.everyone || grant.principal.negated;
  const named = grant.principal.entries.filter(({ kind }) => kind === 'Federated').map(({ value }) => value);
  const open = everyone || named.includes('*');
  const providers = open ? [...account.providersByArn.keys()] : named;
  return [...new Set(providers)].flatMap((arn) =>
    providerWays(arn, grant, context).flatMap(({ way, judged }) =>
      open && judged.verdict === 'broken' ? [] : way,
    ),
  );
}

interface JudgedWay {
  readonly way: Way;
  /** What the trust policy by itself says. */
  readonly judged: Judged;
}

function providerWays(arn: string, grant: Grant, context: GrantContext): JudgedWay[] {
  const parts = parseProviderArn(arn);
  if (parts === null) return [];
  const { role, estate, sets } = context;
  const { issuer } = parts;
  const cluster = estate.clustersByIssuer.get(issuer.key)?.[0];
  const foreign = cluster === undefined && !looksLikeEks(issuer);
  const subjects = subjectsOf(keyOf(grant, issuer, 'sub'));
  if (foreign && !subjects.some((subject) => subject.text.startsWith(SUBJECT_PREFIX)))
    return [federationWay(arn, issuer, subjects, grant, context)];
  const standing = providerVerdict(arn, issuer, context);
  const where =
    cluster === undefined
      ? `of ${issuer.key}, a cluster that was not read`
      : `of cluster ${cluster.cluster.name}`;
  return subjects.map(({ text, pattern, except }) => {
    const judged = judgeSubjects({ role, sets, grant, provider: arn, issuerKey: issuer.key, pattern });
    const without = except.length === 0 ? '' : ` except ${except.join(', ')}`;
    const subject = pattern !== null && isExact(pattern) ? 'The ServiceAccount' : 'ServiceAccounts';
    const way: Way = {
      door: 'irsa',
      who: `${text}${without}`,
      through: [arn],
      ...(cluster === undefined ? {} : { cluster: cluster.cluster.arn }),
      statement: grant.statement,
      verdict: worse(standing.verdict, judged.verdict),
      conditions: conditionWords(grant, [`${issuer.key}:sub`, `${issuer.key}:aud`]),
      detail: sentences(`${subject} ${text}${without} ${where}.`, standing.words, judged.words),
    };
    return { way, judged };
  });
}

/** Tokens of an issuer that is no cluster's: GitHub, GitLab and the like. */
function federationWay(
  arn: string,
  issuer: Issuer,
  subjects: readonly Subjects[],
  grant: Grant,
  { role, sets }: GrantContext,
): JudgedWay {
  const principal = grant.principal.negated
    ? grant.principal
    : only({ kind: 'Federated', value: arn, pointer: grant.principal.pointer });
  const judged = judgeCalls(sets, grant, { principal, action: 'sts:AssumeRoleWithWebIdentity' });
  const standing = existence(arn, issuer, role);
  const way: Way = {
    door: 'federation',
    who: `${issuer.key}: ${subjects.map(({ text }) => text).join(', ') || 'any subject'}`,
    through: [arn],
    statement: grant.statement,
    verdict: worse(standing.verdict, judged.verdict),
    conditions: conditionWords(grant, [`${issuer.key}:sub`]),
    detail: sentences(
      `Tokens of ${issuer.key}, which is no cluster that was read.`,
      standing.words,
      judged.words,
    ),
  };
  return { way, judged };
}

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

interface Subjects {
  readonly text: string;
  /** Null for every ServiceAccount. */
  readonly pattern: Pattern | null;
  readonly except: readonly string[];
}

/** The subjects of a grant: those listed in its narrowest set, each with what the others take away. */
function subjectsOf(sub: KeySet | undefined): Subjects[] {
  const sets = sub?.all ?? [];
  const except = [...new Set(sets.flatMap(({ exclude }) => exclude.map(patternWords)))];
  const listed = [...sets].filter((set) => !isOpen(set)).sort((a, b) => wildcards(a) - wildcards(b))[0];
  if (listed === undefined) return [{ text: `${SUBJECT_PREFIX}*`, pattern: null, except }];
  return listed.include.map((pattern) => ({ text: patternWords(pattern), pattern, except }));
}

const isOpen = ({ include }: StringSet) =>
  include.some(({ text, literal }) => !literal && /^\*+$/.test(text));
const wildcards = ({ include }: StringSet) =>
  include.filter(({ literal, text }) => !literal && /[*?]/.test(text)).length;

function keyOf(grant: Grant, issuer: Issuer, claim: string): KeySet | undefined {
  return grant.keys.find(({ key }) => key === `${issuer.key}:${claim}`.toLowerCase());
}

function existence(arn: string, issuer: Issuer, role: RoleView): Judged {
  if (role.account.providersByArn.has(arn)) return { verdict: 'works', words: '' };
  return providerOf(issuer.key, role).kind === 'unread'
    ? { verdict: 'unknown', words: `Whether ${arn} exists was not read.` }
    : { verdict: 'broken', words: `${arn} does not exist, so that nobody comes in.` };
}

function providerVerdict(arn: string, issuer: Issuer, { role, estate }: GrantContext): Judged {
  const standing = existence(arn, issuer, role);
  if (standing.verdict !== 'works' || estate.clustersByIssuer.has(issuer.key)) return standing;
  return estate.seesEveryCluster()
    ? { verdict: 'broken', words: 'No cluster has that issuer any more.' }
    : { verdict: 'unknown', words: '' };
}

function worse(one: Verdict, other: Verdict): Verdict {
  const both = [one, other];
  return both.includes('broken') ? 'broken' : both.includes('unknown') ? 'unknown' : 'works';
}
