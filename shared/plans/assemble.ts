import type { Change, ChangeOf } from '../changes/change.ts';
import { PLAN_VERSION, type Plan } from '../changes/plan.ts';
import type { Proof, Rehearsal, Shown } from '../changes/proof.ts';
import { admitsAll, proveTrust } from '../changes/trust/prove.ts';
import { buildEstate } from '../estate/build-estate.ts';
import type { RoleView } from '../estate/estate.ts';
import { applyToSnapshot } from './apply-to-snapshot.ts';
import type { Drafted } from './draft.ts';
import { foreseenNotes, isRemaining, remainingNotes } from './foreseen.ts';
import { type Gain, ghostsAmong, intentOf } from './intent-of.ts';
import { ownershipOf } from './ownership.ts';
import type { PlanContext } from './plan-context.ts';
import { riskOf } from './risk.ts';
import { snippetsFor } from './snippets/snippets.ts';
import { newAdmissions, policyOf } from './trust/admissions.ts';
import { effectivePart } from './trust/effective-part.ts';
import { refusedPrincipals } from './trust/refused-principals.ts';
import { NO_REHEARSAL, rehearse } from './trust/rehearse.ts';
import { admittedWords } from './trust/words.ts';
import { unknownsOf } from './unknowns.ts';
import { effectiveWays } from './ways/effective-ways.ts';
import { rehearseAnnotation } from './ways/rehearse-annotation.ts';
import type { EffectiveWay } from './ways/way.ts';

const MOST_WORDS = 100;

/** Makes a plan of a draft: proof, rehearsal, intent, ownership and what it wakes, all worked out of the changes. */
export function assemble(draft: Drafted, answers: Plan['answers'], context: PlanContext): Plan {
  const { estate, config, now } = context;
  const changes = [...draft.changes];
  const trusts = changes
    .filter((change) => change.kind === 'trust-policy')
    .map((one) => trustPart(one, context, draft));
  const ways = wayPart(draft, context);
  const annotated = changes
    .filter((change) => change.kind === 'service-account-annotation')
    .flatMap((one) => {
      const rehearsal = rehearseAnnotation(one, estate, now);
      return rehearsal === null ? [] : [{ role: one.before ?? '', rehearsal }];
    });
  const target = trusts[0]?.role?.role.arn ?? ways.gained[0]?.target;
  const gains = [...trusts.flatMap((one) => one.gains), ...ways.gained];
  const intent = intentOf(gains, {
    config,
    wish: draft.wish,
    effectiveBefore: target === undefined ? undefined : context.effectiveBefore?.(target),
  });
  const declared = intent.source === 'configuration';
  const ghosts = ghostsAmong(gains);
  const unread = unknownsOf(changes, estate);
  const proof = proofOf({
    trusts,
    ways,
    annotated,
    unread,
    unknowns: draft.unknowns ?? [],
    account: changes[0]?.target.account,
  });
  const ownership = ownershipOf(changes, estate);
  const brings = broughtBy(changes, gains, answers, context);
  const plan: Omit<Plan, 'risk' | 'snippets'> = {
    schemaVersion: PLAN_VERSION,
    madeAt: now,
    title: draft.title.slice(0, 4000),
    answers,
    changes,
    intent,
    proof,
    ownership,
    wakes: ways.woken.map(({ words }) => words.slice(0, 2000)).slice(0, MOST_WORDS),
    blockers: [...blockersOf(proof, trusts, ownership), ...refusedPrincipals(changes)],
    notes: [
      ...(draft.notes ?? []),
      ...trusts.flatMap(({ notes }) => notes),
      ...(declared ? ghosts : []),
      ...brings,
    ],
    approval: [
      ...(draft.approval ?? []),
      ...(declared ? [] : ghosts),
      ...(answers.length > 0 && !brings.every(isRemaining) ? [BRINGS] : []),
    ],
  };
  return { ...plan, risk: riskOf(plan), snippets: snippetsFor(plan, context) };
}

const BRINGS = 'It brings findings, which the notes tell: make sure that they are meant.';

/**
 * Findings that changes bring. What answers a finding brings none but what is left to do; whoever asks for something is
 * told what it brings, by a binding too: the role may be open to others beside it.
 */
function broughtBy(
  changes: readonly Change[],
  gains: readonly Gain[],
  answers: Plan['answers'],
  context: PlanContext,
): string[] {
  const isAsked = answers.every(({ rule }) => rule === 'no-missing-binding');
  return isAsked ? foreseenNotes(changes, context) : remainingNotes(changes, gains, context);
}

interface TrustPart {
  readonly role: RoleView | undefined;
  readonly shown: readonly Shown[];
  readonly gains: readonly Gain[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly adds: boolean;
  readonly removes: boolean;
  readonly rehearsal: Rehearsal;
  readonly open: readonly string[];
  readonly notes: readonly string[];
}

/** What a change of one role's trust policy does, shown by comparing sets and by replaying sessions. */
function trustPart(
  change: ChangeOf<'trust-policy'>,
  { estate, now }: PlanContext,
  { isMoved }: Drafted,
): TrustPart {
  const role = estate.roleByArn.get(change.target.arn);
  const { before, after } = change;
  if (role === undefined || before === null || after === null)
    return { ...NOTHING, role, adds: true, removes: true, open: [`${change.target.arn} was not read.`] };
  const { arn } = role.role;
  const admissions = newAdmissions(before, after, role, estate);
  const intended = admissions.length === 0 ? null : policyOf(admissions.map(({ statement }) => statement));
  const { shown, adds, removes: loses } = proveTrust({ role: arn, before, after, intended });
  const removes = loses && !admitsAll(after, effectivePart(before, role.account));
  const { rehearsal, open } = rehearse(role, after, estate, now, isMoved);
  return {
    role,
    shown: [...shown, ...replayed(arn, rehearsal, open, removes)],
    gains: admissions,
    before: admittedWords(before, estate),
    after: admittedWords(after, estate),
    adds,
    removes,
    rehearsal,
    open: removes ? open : [],
    notes: removes ? [sessionsLiveOn(role)] : [],
  };
}

const NOTHING = {
  shown: [],
  gains: [],
  before: [],
  after: [],
  adds: false,
  removes: false,
  rehearsal: NO_REHEARSAL,
  open: [],
  notes: [],
} as const;

function replayed(target: string, rehearsal: Rehearsal, open: readonly string[], removes: boolean): Shown[] {
  if (rehearsal.source === 'none' || !removes) return [];
  const [witness] = rehearsal.broken;
  if (witness !== undefined) return [{ claim: 'observed-keep-access', target, holds: 'no', witness }];
  const [reason] = open;
  if (reason !== undefined) return [{ claim: 'observed-keep-access', target, holds: 'undecided', reason }];
  return [{ claim: 'observed-keep-access', target, holds: 'yes' }];
}

/** The default of IAM when a role does not say (IAM API reference, CreateRole). */
const DEFAULT_SESSION = 3600;

function sessionsLiveOn({ role }: RoleView): string {
  const hours = (role.maxSessionDuration ?? DEFAULT_SESSION) / 3600;
  return `Sessions of ${role.arn} that are running live on for up to ${hours} h, and credentials that the Pod Identity agent holds for up to 6 h; the statement in the snippet ends them.`;
}

interface WayPart {
  readonly gained: readonly EffectiveWay[];
  readonly lost: readonly EffectiveWay[];
  readonly woken: readonly EffectiveWay[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What the changes besides those of trust policies open and close in the whole account, by applying them virtually. */
function wayPart(draft: Drafted, { estate }: PlanContext): WayPart {
  const changes = draft.changes.filter(({ kind }) => kind !== 'trust-policy');
  if (changes.length === 0) return { gained: [], lost: [], woken: [], before: [], after: [] };
  const before = effectiveWays(estate, changes);
  const later = buildEstate(applyToSnapshot(estate.snapshot, draft.changes));
  const after = effectiveWays(later, changes);
  const gained = [...after.values()].filter(({ key }) => !before.has(key));
  const lost = [...before.values()].filter(({ key }) => !after.has(key));
  const { isMeant } = draft;
  return {
    gained,
    lost,
    woken: isMeant === undefined ? [] : gained.filter((way) => !isMeant(way)),
    before: [...before.values()].map(({ words }) => words),
    after: [...after.values()].map(({ words }) => words),
  };
}

/** The role that an annotation names no more, and who was observed with it: whoever asks for that is told, not stopped. */
interface AnnotatedPart {
  readonly role: string;
  readonly rehearsal: Rehearsal;
}

function proofOf({
  trusts,
  ways,
  annotated,
  unread,
  unknowns: others,
  account,
}: {
  readonly trusts: readonly TrustPart[];
  readonly ways: WayPart;
  readonly annotated: readonly AnnotatedPart[];
  /** What is missing to say what the changes open. */
  readonly unread: readonly string[];
  /** What is missing to say whom they keep out. */
  readonly unknowns: readonly string[];
  readonly account: string | undefined;
}): Proof {
  const unknowns = [...new Set([...unread, ...others, ...trusts.flatMap(({ open }) => open)])];
  const removes = ways.lost.length > 0 || trusts.some((one) => one.removes);
  const gained = [...trusts.flatMap(({ gains }) => gains), ...ways.gained].map(({ words }) => words);
  return {
    before: bounded([...trusts.flatMap(({ before }) => before), ...ways.before]),
    intended: bounded(gained),
    after: bounded([...trusts.flatMap(({ after }) => after), ...ways.after]),
    shown: [
      ...trusts.flatMap(({ shown }) => shown),
      ...annotated.flatMap(({ role, rehearsal }) => replayed(role, rehearsal, [], true)),
      accountWide(account ?? '', trusts, ways, unread),
    ],
    rehearsal: rehearsalOf([...trusts, ...annotated]),
    unknowns: bounded(unknowns),
    adds: ways.gained.length > 0 || trusts.some((one) => one.adds),
    removes,
  };
}

const bounded = (texts: readonly string[]): string[] =>
  texts.slice(0, MOST_WORDS).map((text) => text.slice(0, 2000));

/** Nobody gets in anywhere in the account beyond those whom the plan is for. */
function accountWide(
  target: string,
  trusts: readonly TrustPart[],
  { woken }: WayPart,
  unread: readonly string[],
): Shown {
  const claim = 'account-wide';
  const [witness] = woken;
  if (witness !== undefined) return { claim, target, holds: 'no', witness: witness.words.slice(0, 2000) };
  const beyond = trusts
    .flatMap(({ shown }) => shown)
    .find((one) => one.claim === 'after-in-before-or-intended' && one.holds !== 'yes');
  if (beyond !== undefined) return { ...beyond, claim, target };
  const [reason] = unread;
  return reason === undefined
    ? { claim, target, holds: 'yes' }
    : { claim, target, holds: 'undecided', reason };
}

/** One rehearsal for all the roles of a plan: as complete as the least complete of them. */
function rehearsalOf(trusts: readonly Pick<TrustPart, 'rehearsal'>[]): Rehearsal {
  const [first, ...others] = trusts.map(({ rehearsal }) => rehearsal);
  if (first === undefined) return NO_REHEARSAL;
  return others.reduce((one, other) => {
    const since = [one.since, other.since]
      .filter((time) => time !== undefined)
      .sort()
      .at(-1);
    return {
      source: one.source === other.source ? one.source : 'none',
      ...(since !== undefined && { since }),
      complete: one.complete && other.complete,
      sessions: one.sessions + other.sessions,
      broken: [...one.broken, ...other.broken].slice(0, MOST_WORDS),
    };
  }, first);
}

function blockersOf(proof: Proof, trusts: readonly TrustPart[], ownership: Plan['ownership']): string[] {
  const { broken } = rehearsalOf(trusts);
  return [
    ...ownership
      .filter(({ owner }) => owner === 'service')
      .map(({ target }) => `${target} belongs to a service of AWS: nobody else changes it.`),
    ...proof.shown
      .filter(({ claim, holds }) => claim === 'intended-in-after' && holds === 'no')
      .map(({ target, witness }) =>
        `${target} would not let in who is meant: ${witness ?? ''}`.slice(0, 4000),
      ),
    ...proof.shown
      .filter(({ claim, holds }) => claim === 'after-in-before-or-intended' && holds === 'no')
      .map(({ target, witness }) =>
        `${target} would let in more than is meant: ${witness ?? ''}`.slice(0, 4000),
      ),
    ...(broken.length > 0
      ? [`Observed callers would lose access: ${broken.slice(0, 5).join('; ')}`.slice(0, 4000)]
      : []),
  ];
}
