import { admitted } from './admitted.ts';
import type { Admitted } from './admitted-types.ts';
import { type Arena, arenaOf, maskOf } from './comparing/arena.ts';
import { actionsOf, callerClasses } from './comparing/callers.ts';
import { findDifference, type Mask, type Nodes, type Side } from './comparing/search.ts';
import { type Direction, witnessOf } from './comparing/witness.ts';
import type { World } from './comparing/worlds.ts';
import type { Comparison, Witness } from './comparison.ts';
import type { Budget } from './languages/explore.ts';
import type { Policy } from './policy.ts';

export type { Comparison, Witness } from './comparison.ts';

/** How far a comparison goes before it gives up; counts, not time, so that the same input has the same answer. */
export interface Limits {
  /** Steps of the automata over strings. */
  readonly steps: number;
  /** Cases that the search over keys may split into. */
  readonly nodes: number;
}

/** Far beyond what policies of 8,192 characters need unless they were made to be hard: about half a second. */
const DEFAULT_LIMITS: Limits = { steps: 600_000, nodes: 100_000 };

/**
 * Compares whom two trust policies admit: over all callers that they could tell apart, all STS actions, and every
 * context that such a call can have. Exact for string patterns, each difference with a call that the one allows and the
 * other does not. Strings range over all strings, so subjects that no ServiceAccount can have count as well, and are
 * marked (`lifelike`). Takes any parsed policies and never throws.
 */
export function compare(before: Policy, after: Policy, limits: Limits = DEFAULT_LIMITS): Comparison {
  return compareAdmitted(admitted(before), admitted(after), limits);
}

/** The same for sets that are already known. */
export function compareAdmitted(
  before: Admitted,
  after: Admitted,
  limits: Limits = DEFAULT_LIMITS,
): Comparison {
  const policies = [before, after];
  const budget: Budget & Nodes = { ...limits };
  const arenas = callerClasses(policies).map((callers) => arenaOf(callers, policies, budget));
  const gained = difference(arenas, after, before, 'gained', budget);
  const lost = difference(arenas, before, after, 'lost', budget);
  return conclude(gained, lost);
}

/** What was found out about one direction. */
type Difference =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly witness: Witness }
  | { readonly kind: 'undecided' | 'too-complex'; readonly reason: string };

function conclude(gained: Difference, lost: Difference): Comparison {
  const sure = {
    ...(gained.kind === 'found' ? { gained: gained.witness } : {}),
    ...(lost.kind === 'found' ? { lost: lost.witness } : {}),
  };
  if (gained.kind === 'found' && (lost.kind === 'undecided' || lost.kind === 'too-complex')) {
    return { relation: 'widened', gained: gained.witness, lossUndecided: lost.reason };
  }
  for (const kind of ['too-complex', 'undecided'] as const) {
    for (const side of [gained, lost])
      if (side.kind === kind) return { relation: kind, reason: side.reason, ...sure };
  }
  if (gained.kind === 'found' && lost.kind === 'found') {
    return { relation: 'incomparable', gained: gained.witness, lost: lost.witness };
  }
  if (gained.kind === 'found') return { relation: 'widened', gained: gained.witness };
  if (lost.kind === 'found') return { relation: 'tightened', lost: lost.witness };
  return { relation: 'equal' };
}

/** Which worlds a witness may come from, the best first. */
const PREFERENCES: readonly ((world: World) => boolean)[] = [
  (world) => world.certainty === 'real' && world.lifelike,
  (world) => world.certainty === 'real',
  (world) => world.certainty !== 'doubtful' && world.lifelike,
  (world) => world.certainty !== 'doubtful',
];

/** Looks through all callers and actions for a call that one policy admits and the other does not. */
function difference(
  arenas: readonly Arena[],
  admitting: Admitted,
  refusing: Admitted,
  direction: Direction,
  budget: Nodes,
): Difference {
  let best: Found | null = null;
  let open: Difference = NONE;
  for (const arena of arenas) {
    for (const action of actionsOf(arena.callers)) {
      const sides = [arena.side(admitting, action), arena.side(refusing, action)] as const;
      const most = best?.preference ?? PREFERENCES.length;
      const result = differenceIn(arena, sides, most, budget);
      if (result.kind === 'found')
        best = { ...result, witness: witnessOf(arena, action, result.masks, direction) };
      else if (open.kind !== 'too-complex' && result.kind !== 'none') open = result;
      if (best?.preference === 0) return { kind: 'found', witness: best.witness };
    }
  }
  return best === null ? open : { kind: 'found', witness: best.witness };
}

interface Found {
  readonly witness: Witness;
  readonly preference: number;
}

type DifferenceIn =
  | Exclude<Difference, { readonly kind: 'found' }>
  | { readonly kind: 'found'; readonly masks: readonly Mask[]; readonly preference: number };

/** Looks among one class of callers for a difference that is better than the `most` first preferences. */
function differenceIn(
  arena: Arena,
  [admitting, refusing]: readonly [Side, Side],
  most: number,
  budget: Nodes,
): DifferenceIn {
  if (admitting.allows.length === 0) return NONE;
  const search = (holds: (world: World) => boolean) =>
    findDifference(admitting, refusing, masksOf(arena, holds), budget);
  const possible = search(() => true);
  if (possible === 'too-complex') return TOO_COMPLEX;
  if (possible === null) return arena.complete ? NONE : TOO_COMPLEX;
  const found = firstOf(PREFERENCES.slice(0, most), search);
  if (found !== null) return { kind: 'found', ...found };
  return most < PREFERENCES.length ? NONE : { kind: 'undecided', reason: reasonOf(arena, possible) };
}

const NONE = { kind: 'none' } as const;

const TOO_COMPLEX = {
  kind: 'too-complex',
  reason: 'the patterns combine in more ways than the limits allow to try',
} as const;

function firstOf(
  preferences: typeof PREFERENCES,
  search: (holds: (world: World) => boolean) => readonly Mask[] | null | 'too-complex',
): { readonly preference: number; readonly masks: readonly Mask[] } | null {
  for (const [preference, holds] of preferences.entries()) {
    const masks = search(holds);
    if (masks !== null && masks !== 'too-complex') return { preference, masks };
  }
  return null;
}

function masksOf(arena: Arena, holds: (world: World) => boolean): readonly Mask[] {
  return arena.variables.map(({ worlds }) => maskOf(worlds, holds));
}

/** Names the keys whose conditions leave it open. */
function reasonOf(arena: Arena, masks: readonly Mask[]): string {
  const keys = arena.variables.filter(
    ({ worlds }, number) =>
      (maskOf(worlds, (world) => world.certainty === 'real') & (masks[number] ?? 0n)) === 0n,
  );
  const names = keys.map(({ key }) => key).join(', ');
  return `whether there is a difference depends on conditions that a policy alone does not decide${names === '' ? '' : `: ${names}`}`;
}
