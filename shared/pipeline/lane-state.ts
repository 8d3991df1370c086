import * as z from 'zod';
import { type Lane, laneSchema, type Turn, turnOf } from './lane.ts';
import { mergeRequests } from './merge-requests.ts';
import type { Begun } from './register.ts';
import { scopeKey } from './scope.ts';
import { type ScopeRequest, scopeRequestSchema } from './scope-request.ts';

/** A lane as the register keeps it. */
export const laneStateSchema = z.strictObject({
  lane: laneSchema,
  /** Counts what was asked for, and how far that was judged. */
  requested: z.number().int().nonnegative(),
  evaluated: z.number().int().nonnegative(),
  /** The turn that is handed out. `covers`: what it had to judge when it last began. */
  out: z
    .strictObject({
      number: z.number().int().positive(),
      since: z.iso.datetime(),
      begunAt: z.iso.datetime().optional(),
      covers: z.number().int().nonnegative(),
    })
    .nullable(),
  /** The turn that settled last and the one that came after it: asked again, `settle` answers the same. */
  settled: z.strictObject({ number: z.number().int(), next: z.number().int().nullable() }).nullable(),
  /** How many turns in a row ended without settling. */
  abandoned: z.number().int().nonnegative(),
  pending: z.array(z.strictObject({ number: z.number().int().positive(), request: scopeRequestSchema })),
  /** The events that asked lately, as short hashes: a repeat asks for nothing new. */
  seen: z.array(z.string()),
});

export type LaneState = Readonly<z.infer<typeof laneStateSchema>>;

/** What an operation answers, and the lane as it is then; the same object when nothing is to be written. */
export interface Answer<T> {
  readonly state: LaneState;
  readonly answer: T;
}

type Hash = (text: string) => string;

/** The longest memory of events: a repeat that comes later is judged once more, which changes nothing. */
const MOST_SEEN = 200;
/** Beyond these a lane is judged whole instead of scope by scope. Characters of JSON: DynamoDB holds 400 KB an item. */
const MOST_SCOPES = 100;
const LONGEST_PENDING = 100_000;

/** A lane that nobody asked for yet. */
export function idleLane(lane: Lane): LaneState {
  return { lane, requested: 0, evaluated: 0, out: null, settled: null, abandoned: 0, pending: [], seen: [] };
}

/** Adds requests, unless all of these events asked before; answers the turn that has to run. */
export function request(
  state: LaneState,
  requests: readonly ScopeRequest[],
  eventIds: readonly string[],
  now: string,
  hash: Hash,
): Answer<Turn | null> {
  const seen = new Set(state.seen);
  const fresh = [...new Set(eventIds.map((id) => hash(id).slice(0, 16)))].filter((id) => !seen.has(id));
  if (fresh.length === 0 || requests.length === 0) return { state, answer: turnOut(state, hash) };
  const number = state.requested + 1;
  const next: LaneState = {
    ...state,
    requested: number,
    pending: bounded(state.lane, withRequests(state, requests, number), number),
    seen: [...state.seen, ...fresh].slice(-MOST_SEEN),
    out: state.out ?? { number, since: now, covers: 0 },
  };
  return { state: next, answer: turnOut(next, hash) };
}

/** What the turn has to judge; null when it is not the one that is handed out. */
export function begin(state: LaneState, turn: Turn, now: string): Answer<Begun | null> {
  const { out } = state;
  if (out === null || out.number !== turn.number) return { state, answer: null };
  const begunAt = out.begunAt ?? now;
  const covering = state.requested;
  return {
    state: { ...state, out: { ...out, begunAt, covers: covering } },
    answer: { covering, begunAt, requests: state.pending.map((each) => each.request) },
  };
}

/** Takes what was judged off the lane, and hands out the next turn when something was asked for meanwhile. */
export function settle(
  state: LaneState,
  turn: Turn,
  covering: number,
  now: string,
  hash: Hash,
): Answer<Turn | null> {
  const { out, settled } = state;
  if (out === null || out.number !== turn.number) {
    const same = settled?.number === turn.number && settled.next !== null && settled.next === out?.number;
    return { state, answer: same ? turnOut(state, hash) : null };
  }
  const pending = state.pending.filter(({ number }) => number > covering);
  const number = pending.length === 0 ? null : state.requested;
  const next: LaneState = {
    ...state,
    pending,
    evaluated: pending.length === 0 ? state.requested : Math.max(state.evaluated, covering),
    out: number === null ? null : { number, since: now, covers: 0 },
    settled: { number: turn.number, next: number },
    abandoned: 0,
  };
  return { state: next, answer: turnOut(next, hash) };
}

/** Hands out another turn in place of one that ended without settling; null when it is not the one that is out. */
export function replace(state: LaneState, turn: Turn, now: string, hash: Hash): Answer<Turn | null> {
  if (state.out?.number !== turn.number) return { state, answer: null };
  const number = state.requested + 1;
  const next: LaneState = {
    ...state,
    requested: number,
    out: { number, since: now, covers: 0 },
    abandoned: state.abandoned + 1,
  };
  return { state: next, answer: turnOut(next, hash) };
}

/** The turn that is handed out. */
export function turnOut({ lane, out }: LaneState, hash: Hash): Turn | null {
  return out === null ? null : turnOf(lane, out.number, hash);
}

type Pending = LaneState['pending'];

/** A request joins the one for its scope that no turn has begun; what a turn has begun stays as it is. */
function withRequests(
  { pending, out }: LaneState,
  requests: readonly ScopeRequest[],
  number: number,
): Pending {
  const covers = out?.covers ?? 0;
  const result = [...pending];
  for (const request of requests) {
    const key = scopeKey(request.scope);
    const at = result.findIndex((each) => each.number > covers && scopeKey(each.request.scope) === key);
    const known = result[at];
    if (known === undefined) result.push({ number, request });
    else result[at] = { number, request: mergeRequests(known.request, request) };
  }
  return result;
}

function bounded(lane: Lane, pending: Pending, number: number): Pending {
  if (pending.length <= MOST_SCOPES && JSON.stringify(pending).length <= LONGEST_PENDING) return pending;
  const [first, ...more] = pending.map(({ request }) => request);
  if (first === undefined) return pending;
  const whole = more.reduce(mergeRequests, first);
  return [
    {
      number,
      request: {
        scope: { kind: 'account', account: lane.account },
        causes: whole.causes,
        events: whole.events,
        expected: [],
      },
    },
  ];
}
