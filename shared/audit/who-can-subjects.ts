import type { RoleView } from '../estate/estate.ts';
import type { Admitted, Grant, KeySet, Pattern, StringSet } from '../iam/admitted-types.ts';
import { type CompiledPolicy, type CompiledStatement, compile } from '../iam/compile.ts';
import { decide, evaluate } from '../iam/evaluate.ts';
import { describeMismatch } from '../iam/explain.ts';
import { findMember } from '../iam/languages/sets.ts';
import type { Request } from '../iam/request.ts';
import { webIdentityRequest } from '../iam/requests.ts';
import type { Tri } from '../iam/tri.ts';
import { parseSubject, STS_AUDIENCE, subjectOf } from '../identity/service-account.ts';
import { findSubject, setsOf } from '../identity/subject-search.ts';
import { best, type Judged } from './who-can-calls.ts';

/** Web identities of one provider as far as one statement of a trust policy means them. */
export interface MeantIdentities {
  readonly role: RoleView;
  readonly sets: Admitted;
  readonly grant: Grant;
  readonly provider: string;
  readonly issuerKey: string;
  /** The pattern of their subjects; null for every ServiceAccount. */
  readonly pattern: Pattern | null;
}

/**
 * Whether the trust policy admits one of them: an exact subject by any of its statements, a pattern by this one; Deny
 * statements, other conditions and the audiences that the provider accepts included. Tokens carry the audience of STS
 * unless they are asked for otherwise, so that one who needs another audience is `unknown`.
 */
export function judgeSubjects(meant: MeantIdentities): Judged {
  const { compiled } = meant.role.trust();
  if (compiled === null) return { verdict: 'broken', words: 'IAM would refuse the trust policy.' };
  const provider = meant.role.account.providersByArn.get(meant.provider);
  const accepted = provider?.clientIds;
  if (provider !== undefined && accepted === undefined) return withUnreadAudiences(meant, compiled);
  const audiences = accepted ?? [STS_AUDIENCE];
  const usual = audiences.includes(STS_AUDIENCE) ? withAudience(meant, compiled, STS_AUDIENCE) : null;
  if (usual?.verdict === 'works') return usual;
  const custom = audiences
    .filter((audience) => audience !== STS_AUDIENCE)
    .map((audience) => withCustomAudience(meant, compiled, audience));
  if (usual === null && custom.length === 0)
    return { verdict: 'broken', words: 'The provider accepts no audience at all.' };
  return best([...(usual === null ? [] : [usual]), ...custom]);
}

function withCustomAudience(meant: MeantIdentities, compiled: CompiledPolicy, audience: string): Judged {
  const answer = withAudience(meant, compiled, audience);
  if (answer.verdict !== 'works') return answer;
  return {
    verdict: 'unknown',
    words: `Only a token for the audience ${audience} comes in, which the ServiceAccount or its pods must ask for; ${STS_AUDIENCE} does not do.`,
  };
}

/** The audiences of the provider were not read: whoever would get in with one may get in. */
function withUnreadAudiences(meant: MeantIdentities, compiled: CompiledPolicy): Judged {
  const example = findMember(audienceOf(meant)?.all ?? []);
  const audiences = example.found === true ? [STS_AUDIENCE, example.example] : [STS_AUDIENCE];
  const answer = best(audiences.map((audience) => withAudience(meant, compiled, audience)));
  if (answer.verdict === 'broken') return answer;
  return { verdict: 'unknown', words: 'Not known: which audiences the provider accepts was not read.' };
}

function audienceOf({ grant, issuerKey }: MeantIdentities): KeySet | undefined {
  return grant.keys.find(({ key }) => key === `${issuerKey}:aud`.toLowerCase());
}

function withAudience(meant: MeantIdentities, whole: CompiledPolicy, audience: string): Judged {
  const { grant, provider, issuerKey, role, pattern } = meant;
  const request = (subject: string) =>
    webIdentityRequest({
      provider,
      issuerKey,
      subject,
      audience,
      roleArn: role.role.arn,
      at: role.account.takenAt,
    });
  if (pattern !== null && isExact(pattern)) return answer(whole, request(pattern.text), grant.statement);
  const policy = withAllow(whole, grant.statement);
  const inside = [...subjectSets(meant), ...(pattern === null ? [] : [{ include: [pattern], exclude: [] }])];
  const meantSubject = findSubject({ inside, outside: [] });
  if (meantSubject === null) return { verdict: 'broken', words: unfit(pattern) };
  const subject = outsideOfDenies(meant, policy, inside, request);
  if (subject === undefined)
    return { verdict: 'unknown', words: 'The conditions combine in more ways than podtrust tries.' };
  if (subject !== null) return answer(policy, request(subject), grant.statement);
  const own = answer(policy, request(meantSubject ?? subjectOf('default', 'default')), grant.statement);
  return own.verdict === 'broken'
    ? own
    : { verdict: 'broken', words: 'Deny statements of the trust policy keep all of them out.' };
}

/** True for a pattern that is one ServiceAccount's subject. */
export function isExact({ text, ignoreCase }: Pattern): boolean {
  return !ignoreCase && parseSubject(text) !== null;
}

function unfit(pattern: Pattern | null): string {
  if (pattern?.literal && /[*?]/.test(pattern.text))
    return 'No ServiceAccount has that subject: the operator takes wildcards literally.';
  return 'No ServiceAccount can have a subject that meets the conditions.';
}

function subjectSets({ grant, issuerKey }: MeantIdentities): readonly StringSet[] {
  return grant.keys.find(({ key }) => key === `${issuerKey}:sub`.toLowerCase())?.all ?? [];
}

/** The policy with one of its Allow statements and every Deny statement. */
function withAllow({ policy }: CompiledPolicy, index: number): CompiledPolicy {
  const statements = policy.statements.filter(
    (statement) => statement.effect === 'Deny' || statement.index === index,
  );
  return compile({ ...policy, statements });
}

/** A subject that no Deny statement may take, or else one that none surely takes; null when they take all. */
function outsideOfDenies(
  { sets, issuerKey }: MeantIdentities,
  { denies }: CompiledPolicy,
  inside: readonly StringSet[],
  request: (subject: string) => Request,
): string | null | undefined {
  const key = `${issuerKey}:sub`.toLowerCase();
  const probe = request(subjectOf('default', 'default'));
  const sure: StringSet[][] = [];
  const possible: StringSet[][] = [];
  for (const deny of denies) {
    const applies = appliesBesides(deny, key, probe);
    if (applies === 'no') continue;
    const taken = setsOf(deny, key, sets.version);
    const whole = taken.length === deny.conditions.filter((condition) => condition.key === key).length;
    possible.push(taken);
    if (applies === 'yes' && whole) sure.push(taken);
  }
  const outside = findSubject({ inside, outside: possible });
  if (outside !== null || sure.length === possible.length) return outside;
  return findSubject({ inside, outside: sure });
}

/** Whether a statement applies to a request, whatever it asks of one key. */
function appliesBesides(statement: CompiledStatement, key: string, request: Request): Tri {
  if (!statement.action(request.action)) return 'no';
  const answers = statement.conditions
    .filter((condition) => condition.key !== key)
    .map((condition) => condition.test(request.context(condition.key), request.context));
  const all = [statement.principal(request.caller), ...answers];
  if (all.includes('no')) return 'no';
  return all.includes('undecided') ? 'undecided' : 'yes';
}

function answer(policy: CompiledPolicy, request: Request, statement: number): Judged {
  const outcome = decide(policy, request);
  if (outcome === 'allowed') return { verdict: 'works', words: '' };
  const { by, statements } = evaluate(policy, request);
  const own = statements.find((result) => result.statement.index === statement);
  const why = own === undefined || own.applies === 'yes' ? '' : `: ${describeMismatch(own.because)}`;
  if (outcome === 'undecided')
    return { verdict: 'unknown', words: `The request decides more than who it is${why}.` };
  if (by?.effect === 'Deny')
    return { verdict: 'broken', words: `Statement ${by.index} of the trust policy denies it.` };
  return { verdict: 'broken', words: `The statement does not let it in${why}.` };
}
