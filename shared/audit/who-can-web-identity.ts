import type { Estate, RoleView } from '../estate/estate.ts';
import type { Grant, KeySet, StringSet } from '../iam/admitted-types.ts';
import { evaluate } from '../iam/evaluate.ts';
import { webIdentityRequest } from '../iam/requests.ts';
import type { Verdict } from '../identity/chain.ts';
import { type Issuer, parseProviderArn } from '../identity/issuer.ts';
import { looksLikeEks, providerOf } from '../identity/issuer-standing.ts';
import { parseSubject, STS_AUDIENCE, SUBJECT_PREFIX } from '../identity/service-account.ts';
import type { Way } from './who-can.ts';
import { conditionWords, patternWords } from './who-can-words.ts';

/** What the ways of one grant are worked out from. */
export interface GrantContext {
  readonly role: RoleView;
  readonly estate: Estate;
  readonly exceptions: readonly Grant[];
}

/** The ways of one grant that go by OIDC tokens, one for each provider and each subject or pattern. */
export function webIdentityWays(grant: Grant, context: GrantContext): Way[] {
  if (!grant.actions.includes('sts:AssumeRoleWithWebIdentity')) return [];
  const { account } = context.role;
  const everyone = grant.principal.everyone || grant.principal.negated;
  const named = grant.principal.entries.filter(({ kind }) => kind === 'Federated').map(({ value }) => value);
  const open = everyone || named.includes('*');
  const providers = open ? [...account.providersByArn.keys()] : named;
  return [...new Set(providers)].flatMap((arn) => providerWays(arn, grant, context));
}

function providerWays(arn: string, grant: Grant, context: GrantContext): Way[] {
  const parts = parseProviderArn(arn);
  if (parts === null) return [];
  const { role, estate } = context;
  const { issuer } = parts;
  const cluster = estate.clustersByIssuer.get(issuer.key)?.[0];
  const foreign = cluster === undefined && !looksLikeEks(issuer);
  const sub = keyOf(grant, issuer, 'sub');
  const subjects = subjectsOf(sub);
  if (foreign && !subjects.some((subject) => subject.text.startsWith(SUBJECT_PREFIX))) {
    return [
      {
        door: 'federation',
        who: `${issuer.key}: ${subjects.map(({ text }) => text).join(', ') || 'any subject'}`,
        through: [arn],
        statement: grant.statement,
        verdict: role.account.providersByArn.has(arn)
          ? 'works'
          : role.account.missing('oidcProviders') === null
            ? 'broken'
            : 'unknown',
        conditions: conditionWords(grant, [`${issuer.key}:sub`]),
        detail: `Tokens of ${issuer.key}, which is no cluster that was read.`,
      },
    ];
  }
  return subjects.map(({ text, exact, except }) => {
    const standing = providerVerdict(arn, issuer, context);
    const decided = exact ? exactVerdict(text, arn, issuer, context) : 'works';
    const where =
      cluster === undefined
        ? `of ${issuer.key}, a cluster that was not read`
        : `of cluster ${cluster.cluster.name}`;
    const without = except.length === 0 ? '' : ` except ${except.join(', ')}`;
    return {
      door: 'irsa' as const,
      who: `${text}${without}`,
      through: [arn],
      ...(cluster === undefined ? {} : { cluster: cluster.cluster.arn }),
      statement: grant.statement,
      verdict: worse(standing.verdict, decided),
      conditions: conditionWords(grant, [`${issuer.key}:sub`, `${issuer.key}:aud`]),
      detail: `${exact ? 'The ServiceAccount' : 'ServiceAccounts'} ${text}${without} ${where}.${standing.words}`,
    };
  });
}

interface Subjects {
  readonly text: string;
  readonly exact: boolean;
  readonly except: readonly string[];
}

/** The subjects of a grant: those listed in its narrowest set, each with what the others take away. */
function subjectsOf(sub: KeySet | undefined): Subjects[] {
  const sets = sub?.all ?? [];
  const except = [...new Set(sets.flatMap(({ exclude }) => exclude.map(patternWords)))];
  const listed = [...sets].filter((set) => !isOpen(set)).sort((a, b) => wildcards(a) - wildcards(b))[0];
  if (listed === undefined) return [{ text: `${SUBJECT_PREFIX}*`, exact: false, except }];
  return listed.include.map((pattern) => {
    const text = patternWords(pattern);
    return { text, exact: parseSubject(text) !== null, except };
  });
}

const isOpen = ({ include }: StringSet) =>
  include.some(({ text, literal }) => !literal && /^\*+$/.test(text));
const wildcards = ({ include }: StringSet) =>
  include.filter(({ literal, text }) => !literal && /[*?]/.test(text)).length;

function keyOf(grant: Grant, issuer: Issuer, claim: string): KeySet | undefined {
  return grant.keys.find(({ key }) => key === `${issuer.key}:${claim}`.toLowerCase());
}

function providerVerdict(
  arn: string,
  issuer: Issuer,
  { role, estate }: GrantContext,
): { verdict: Verdict; words: string } {
  const standing = providerOf(issuer.key, role);
  if (!role.account.providersByArn.has(arn)) {
    return standing.kind === 'unread'
      ? { verdict: 'unknown', words: ` Whether ${arn} exists was not read.` }
      : { verdict: 'broken', words: ` ${arn} does not exist, so that nobody comes in.` };
  }
  if (estate.clustersByIssuer.has(issuer.key)) return { verdict: 'works', words: '' };
  return estate.seesEveryCluster()
    ? { verdict: 'broken', words: ' No cluster has that issuer any more.' }
    : { verdict: 'unknown', words: '' };
}

/** What the whole policy says of one subject, Deny statements included. */
function exactVerdict(subject: string, provider: string, issuer: Issuer, { role }: GrantContext): Verdict {
  const { compiled } = role.trust();
  if (compiled === null) return 'broken';
  const clientIds = role.account.providersByArn.get(provider)?.clientIds ?? [STS_AUDIENCE];
  const outcomes = clientIds.map(
    (audience) =>
      evaluate(
        compiled,
        webIdentityRequest({ provider, issuerKey: issuer.key, subject, audience, roleArn: role.role.arn }),
      ).outcome,
  );
  if (outcomes.includes('allowed')) return 'works';
  return outcomes.includes('undecided') ? 'unknown' : 'broken';
}

function worse(one: Verdict, other: Verdict): Verdict {
  const both = [one, other];
  return both.includes('broken') ? 'broken' : both.includes('unknown') ? 'unknown' : 'works';
}
