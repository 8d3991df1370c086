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
  /** The turn that ended last, settled or given up, and the one that came after it: asked again, the answer is the same. */
  ended: z.strictObject({ number: z.number().int(), next: z.number().int().nullable() }).nullable(),
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
/**
 * Beyond these a lane is judged whole instead of scope by scope. Characters of JSON, of up to three bytes each: DynamoDB
 * holds 400 KB an item.
 */
const MOST_SCOPES = 100;
const LONGEST_PENDING = 100_000;

/** A lane that nobody asked for yet. */
export function idleLane(lane: Lane): LaneState {
  return { lane, requested: 0, evaluated: 0, out: null, ended: null, abandoned: 0, pending: [], seen: [] };
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
  const number = nextNumber(state, now);
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
  const same = out.begunAt !== undefined && out.covers === covering;
  return {
    state: same ? state : { ...state, out: { ...out, begunAt, covers: covering } },
    answer: { covering, begunAt, requests: distinct(state.pending) },
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
  const { out } = state;
  if (out === null || out.number !== turn.number) return { state, answer: turnAfter(state, turn, hash) };
  const pending = state.pending.filter(({ number }) => number > covering);
  const number = pending.length === 0 ? null : state.requested;
  const next: LaneState = {
    ...state,
    pending,
    evaluated: pending.length === 0 ? state.requested : Math.max(state.evaluated, covering),
    out: number === null ? null : { number, since: now, covers: 0 },
    ended: { number: turn.number, next: number },
    abandoned: 0,
  };
  return { state: next, answer: turnOut(next, hash) };
}

/** Hands out another turn in place of one that ended without settling; null when the lane has gone on without it. */
export function replace(state: LaneState, turn: Turn, now: string, hash: Hash): Answer<Turn | null> {
  if (state.out?.number !== turn.number) return { state, answer: turnAfter(state, turn, hash) };
  const number = nextNumber(state, now);
  const next: LaneState = {
    ...state,
    requested: number,
    out: { number, since: now, covers: 0 },
    ended: { number: turn.number, next: number },
    abandoned: state.abandoned + 1,
  };
  return { state: next, answer: turnOut(next, hash) };
}

/** The turn that is handed out. */
export function turnOut({ lane, out }: LaneState, hash: Hash): Turn | null {
  return out === null ? null : turnOf(lane, out.number, hash);
}

/** What was answered when the turn ended, as long as the turn that came after it is the one that is out. */
function turnAfter(state: LaneState, { number }: Turn, hash: Hash): Turn | null {
  const { ended, out } = state;
  return ended?.number === number && ended.next === out?.number ? turnOut(state, hash) : null;
}

/**
 * Numbers begin at the second in which the lane is first asked for: a lane whose record was lost goes on above its old
 * numbers, whose executions' names Step Functions does not take again for 90 days (API reference, StartExecution).
 */
function nextNumber({ requested }: LaneState, now: string): number {
  return requested === 0 ? Math.max(1, Math.floor(Date.parse(now) / 1000)) : requested + 1;
}

type Pending = LaneState['pending'];

/** One request for each scope: what came in before and after the turn began is judged together when it begins again. */
function distinct(pending: Pending): readonly ScopeRequest[] {
  const requests = new Map<string, ScopeRequest>();
  for (const { request } of pending) {
    const key = scopeKey(request.scope);
    const known = requests.get(key);
    requests.set(key, known === undefined ? request : mergeRequests(known, request));
  }
  return [...requests.values()];
}

/** A request joins the one for its scope that no turn has begun; what a turn has begun stays as it is. */
function withRequests(
  { pending, out }: LaneState,
  requests: readonly ScopeRequest[],
  number: number,
): Pending {
  const covers = out?.covers ?? 0;
  const begun = pending.filter((each) => each.number <= covers);
  const open = new Map(
    pending.filter((each) => each.number > covers).map((each) => [scopeKey(each.request.scope), each]),
  );
  for (const request of requests) {
    const key = scopeKey(request.scope);
    const known = open.get(key)?.request;
    open.set(key, { number, request: known === undefined ? request : mergeRequests(known, request) });
  }
  return [...begun, ...open.values()];
}

/** What is too much becomes one request for the whole account, newer than any turn that began: it includes them all. */
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
