import { admitted } from './admitted.ts';
import type { Admitted } from './admitted-types.ts';
import { type Arena, arenaOf, maskOf } from './comparing/arena.ts';
import { actionsOf, callerClasses } from './comparing/callers.ts';
import { findDifference, type Mask, type Nodes } from './comparing/search.ts';
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

/** Far beyond what policies of 8,192 characters need unless they were made to be hard: well under two seconds. */
export const DEFAULT_LIMITS: Limits = { steps: 1_500_000, nodes: 100_000 };

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

/** Looks for a call that one policy admits and the other does not, and for the most telling one. */
function difference(
  arenas: readonly Arena[],
  admitting: Admitted,
  refusing: Admitted,
  direction: Direction,
  budget: Nodes,
): Difference {
  let best: { readonly witness: Witness; readonly preference: number } | null = null;
  let open: Difference = { kind: 'none' };
  for (const arena of arenas) {
    for (const action of actionsOf(arena.callers)) {
      const sides = [arena.side(admitting, action), arena.side(refusing, action)] as const;
      if (sides[0].allows.length === 0) continue;
      const search = (holds: (world: World) => boolean) =>
        findDifference(...sides, masksOf(arena, holds), budget);
      const possible = search(() => true);
      if (possible === 'too-complex' || (possible === null && !arena.complete)) open = TOO_COMPLEX;
      if (possible === null || possible === 'too-complex') continue;
      const most = best?.preference ?? PREFERENCES.length;
      const found = firstOf(most, (preference) => search(PREFERENCES[preference] ?? (() => true)));
      if (found !== null) {
        best = { witness: witnessOf(arena, action, found.masks, direction), preference: found.preference };
        if (found.preference === 0) return { kind: 'found', witness: best.witness };
      } else if (best === null && open.kind === 'none')
        open = { kind: 'undecided', reason: reasonOf(arena, possible) };
    }
  }
  return best === null ? open : { kind: 'found', witness: best.witness };
}

const TOO_COMPLEX: Difference = {
  kind: 'too-complex',
  reason: 'the patterns combine in more ways than the limits allow to try',
};

function firstOf(
  count: number,
  search: (preference: number) => readonly Mask[] | null | 'too-complex',
): { readonly preference: number; readonly masks: readonly Mask[] } | null {
  for (let preference = 0; preference < count; preference++) {
    const masks = search(preference);
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
