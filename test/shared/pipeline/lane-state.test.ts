import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { type Lane, type Turn, turnOf } from '../../../shared/pipeline/lane.ts';
import {
  begin,
  idleLane,
  type LaneState,
  laneStateSchema,
  replace,
  request,
  settle,
} from '../../../shared/pipeline/lane-state.ts';
import { type Scope, scopeKey } from '../../../shared/pipeline/scope.ts';
import { MOST_CAUSES, type ScopeRequest } from '../../../shared/pipeline/scope-request.ts';
import { requestOf } from '../../support/pipeline.ts';

const ACCOUNT = '111122223333';
const LANE: Lane = { kind: 'account', account: ACCOUNT };
const NOW = '2026-11-20T09:00:00.000Z';
const SECONDS = Date.parse(NOW) / 1000;
/** DynamoDB holds 400 KB an item, keys and the other attributes included. */
const MOST_BYTES = 380_000;

const roleScope = (role: string): Scope => ({ kind: 'role', account: ACCOUNT, role });
const causeOf = (eventId: string, time = NOW) => ({ ...requestOf().causes[0]!, eventId, time });
const asking = (role: string, ...ids: string[]): ScopeRequest =>
  requestOf({ scope: roleScope(role), causes: ids.map((id) => causeOf(id)), events: ids.length });

const ask = (state: LaneState, role: string, id: string) =>
  request(state, [asking(role, id)], [id], NOW, sha256);
const rolesOf = (requests: readonly ScopeRequest[]) => requests.map(({ scope }) => scopeKey(scope)).sort();

describe('a lane that is asked for', () => {
  it('hands out one turn, and the same to whoever asks before it ends', () => {
    const first = ask(idleLane(LANE), 'a', 'e1');
    const second = ask(first.state, 'b', 'e2');
    expect(first.answer?.number).toBe(SECONDS);
    expect(second.answer).toEqual(first.answer);
    expect(begin(second.state, first.answer!, NOW).answer).toMatchObject({
      covering: SECONDS + 1,
      begunAt: NOW,
      requests: [{ scope: roleScope('a') }, { scope: roleScope('b') }],
    });
  });

  it('by the same event again is as it was', () => {
    const { state, answer } = ask(idleLane(LANE), 'a', 'e1');
    const again = ask(state, 'a', 'e1');
    expect(again.state).toBe(state);
    expect(again.answer).toEqual(answer);
  });

  it('by an event that was judged starts nothing', () => {
    const { state, answer } = ask(idleLane(LANE), 'a', 'e1');
    const { covering } = begin(state, answer!, NOW).answer!;
    const settled = settle(state, answer!, covering, NOW, sha256);
    expect(settled.state).toMatchObject({ out: null, pending: [] });
    expect(ask(settled.state, 'a', 'e1')).toEqual({ state: settled.state, answer: null });
  });

  it('after its record was lost goes on above its old numbers, so that no name of an execution comes again', () => {
    const later = '2027-02-20T09:00:00.000Z';
    const old = ask(idleLane(LANE), 'a', 'e1').answer!;
    const anew = request(idleLane(LANE), [asking('a', 'e2')], ['e2'], later, sha256).answer!;
    expect(anew.number).toBeGreaterThan(old.number);
    expect(anew.name).not.toBe(old.name);
  });

  it.each([
    ['no request', [], ['e1']],
    ['no event', [asking('a', 'e1')], []],
  ])('with %s stays idle', (_name, requests, ids) => {
    const idle = idleLane(LANE);
    expect(request(idle, requests, ids, NOW, sha256)).toEqual({ state: idle, answer: null });
  });
});

describe('what is asked for while a turn is at it', () => {
  const asked = ask(idleLane(LANE), 'a', 'e1');
  const turn = asked.answer!;
  const begun = begin(asked.state, turn, NOW);
  const meanwhile = ask(begun.state, 'a', 'e2');

  it('gets a turn of its own, with its own causes alone', () => {
    const settled = settle(meanwhile.state, turn, begun.answer!.covering, NOW, sha256);
    expect(settled.answer).toEqual(turnOf(LANE, SECONDS + 1, sha256));
    expect(begin(settled.state, settled.answer!, NOW).answer?.requests).toMatchObject([
      { causes: [{ eventId: 'e2' }], events: 1 },
    ]);
  });

  it('is judged with the rest when the turn begins again before it settles', () => {
    const again = begin(meanwhile.state, turn, '2026-11-20T09:05:00.000Z');
    expect(again.answer).toMatchObject({ covering: SECONDS + 1, begunAt: NOW });
    expect(again.answer?.requests).toMatchObject([{ events: 2 }]);
    expect(settle(again.state, turn, again.answer!.covering, NOW, sha256).answer).toBeNull();
  });

  it('is not taken off by a settle that covers less', () => {
    const again = begin(meanwhile.state, turn, NOW);
    const settled = settle(again.state, turn, begun.answer!.covering, NOW, sha256);
    expect(rolesOf(settled.state.pending.map((each) => each.request))).toEqual([`role/${ACCOUNT}/a`]);
    expect(settled.answer).not.toBeNull();
  });
});

describe('a turn that was replaced', () => {
  const asked = ask(idleLane(LANE), 'a', 'e1');
  const old = asked.answer!;
  const { covering } = begin(asked.state, old, NOW).answer!;
  const replaced = replace(begin(asked.state, old, NOW).state, old, NOW, sha256);

  it('leaves everything to the one in its place', () => {
    expect(replaced.state).toMatchObject({ abandoned: 1, out: { number: SECONDS + 1, covers: 0 } });
    expect(begin(replaced.state, replaced.answer!, NOW).answer?.requests).toMatchObject([
      { scope: roleScope('a'), causes: [{ eventId: 'e1' }] },
    ]);
  });

  it('can neither begin nor settle', () => {
    expect(begin(replaced.state, old, NOW)).toEqual({ state: replaced.state, answer: null });
    expect(settle(replaced.state, old, covering, NOW, sha256).state).toBe(replaced.state);
  });

  it('is replaced once, however often it is asked for', () => {
    const again = replace(replaced.state, old, NOW, sha256);
    expect(again.state).toBe(replaced.state);
    expect(again.answer).toEqual(replaced.answer);
  });

  it('counts as abandoned until one settles', () => {
    const twice = replace(replaced.state, replaced.answer!, NOW, sha256);
    expect(twice.state.abandoned).toBe(2);
    const last = begin(twice.state, twice.answer!, NOW);
    expect(settle(last.state, twice.answer!, last.answer!.covering, NOW, sha256).state.abandoned).toBe(0);
  });
});

/** The longest that the schema takes: as many bytes as a text of `of` can have there. */
const longest = (of: string, length = 512) => of.repeat(length).slice(0, length);
const hostileCause = (of: string, n: number) => {
  const text = longest(of);
  return {
    eventId: longest(`${n}${of}`),
    eventName: text,
    service: text,
    time: NOW,
    region: text,
    actor: { type: text, arn: text, session: text, service: text, account: text },
    sourceAddress: text,
    userAgent: text,
  };
};

describe.each([
  ['characters of four bytes', '💣'],
  ['characters of three bytes', '漢'],
  ['control characters', '\u0001'],
  ['halves of a character', '\ud83d'],
  ['quotes', '"'],
])('a lane whose names are %s', (_name, of) => {
  it('fits into an item, whatever a hundred scopes with five causes each ask', () => {
    const policy = (n: number): Scope => ({
      kind: 'policy',
      account: ACCOUNT,
      policy: longest(`${n}${of}`, 2048),
    });
    let state = idleLane(LANE);
    for (let n = 0; n < 120; n += 1) {
      const causes = Array.from({ length: MOST_CAUSES }, (_, cause) => hostileCause(of, 10 * n + cause));
      const asked = { scope: policy(n), causes, events: 9, expected: causes.map(() => longest(of, 64)) };
      ({ state } = request(
        state,
        [asked],
        causes.map(({ eventId }) => eventId),
        NOW,
        sha256,
      ));
      expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(MOST_BYTES);
      expect(laneStateSchema.parse(JSON.parse(JSON.stringify(state)))).toBeDefined();
      expect(begin(state, turnOf(LANE, SECONDS, sha256), NOW).answer?.requests.length).toBeGreaterThan(0);
    }
    expect(state.pending.map(({ request: { scope } }) => scope.kind)).toContain('account');
  });
});

it('a lane that becomes too full while a turn is at it is judged whole by the next one', () => {
  const asked = ask(idleLane(LANE), 'first', 'e0');
  const begun = begin(asked.state, asked.answer!, NOW);
  let { state } = begun;
  for (let n = 1; n <= 100; n += 1) ({ state } = ask(state, `r${n}`, `e${n}`));
  const settled = settle(state, asked.answer!, begun.answer!.covering, NOW, sha256);
  const next = begin(settled.state, settled.answer!, NOW).answer!;
  expect(next.requests).toMatchObject([{ scope: { kind: 'account', account: ACCOUNT }, expected: [] }]);
  expect(next.requests[0]?.events).toBe(101);
});

it('remembers so many events that no record grows with them, the newest longest', () => {
  let state = idleLane(LANE);
  for (let n = 0; n < 1000; n += 1) ({ state } = ask(state, 'a', `e${n}`));
  expect(state.seen).toHaveLength(200);
  expect(ask(state, 'a', 'e999').state).toBe(state);
  expect(ask(state, 'a', 'e0').state).not.toBe(state);
});

interface Asking {
  readonly kind: 'request';
  readonly roles: readonly string[];
  readonly events: readonly string[];
}
interface OfTurn {
  readonly kind: 'begin' | 'settle' | 'replace';
  readonly turn: number;
}
type Step = Asking | OfTurn;

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('request' as const),
      roles: fc.uniqueArray(fc.constantFrom('a', 'A', 'b', 'c'), {
        minLength: 1,
        selector: (r) => r.toLowerCase(),
      }),
      events: fc.uniqueArray(
        fc.integer({ min: 0, max: 30 }).map((n) => `e${n}`),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    fc.record({
      kind: fc.constantFrom('begin' as const, 'begin' as const, 'settle' as const, 'replace' as const),
      // Mostly the turn that is out, sometimes one of before.
      turn: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 4 })),
    }),
  ),
  { maxLength: 40 },
);

/** What is true of a lane, thought anew: which role is not judged since which events asked for it. */
interface Ghost {
  readonly turns: Turn[];
  /** Events that asked for a role and are not judged. */
  unjudged: readonly { readonly role: string; readonly events: readonly string[] }[];
  /** What each turn would judge, by what its begins covered. */
  readonly begun: Map<string, Ghost['unjudged']>;
  readonly covering: Map<number, number>;
}

/** Plays one step and looks at what it says. */
function play(state: LaneState, step: Step, ghost: Ghost): LaneState {
  return step.kind === 'request' ? playRequest(state, step, ghost) : playTurn(state, step, ghost);
}

/** Doing it twice must be as doing it once. */
function twice(
  state: LaneState,
  run: (state: LaneState) => { state: LaneState; answer: unknown },
): LaneState {
  const once = run(state);
  const again = run(once.state);
  expect(again.state).toBe(once.state);
  expect(again.answer).toEqual(once.answer);
  return once.state;
}

function playRequest(state: LaneState, { roles, events }: Asking, ghost: Ghost): LaneState {
  const requests = roles.map((role) => asking(role, ...events));
  const next = twice(state, (s) => request(s, requests, events, NOW, sha256));
  const asked = roles.map((role) => ({ role: role.toLowerCase(), events }));
  if (next !== state) ghost.unjudged = [...ghost.unjudged, ...asked];
  return next;
}

function playTurn(state: LaneState, step: OfTurn, ghost: Ghost): LaneState {
  const turn = ghost.turns.at(-1 - step.turn);
  if (turn === undefined) return state;
  const current = state.out?.number === turn.number;
  switch (step.kind) {
    case 'begin': {
      const { answer } = begin(state, turn, NOW);
      expect(answer !== null).toBe(current);
      if (answer !== null) {
        const expected = [...new Set(ghost.unjudged.map(({ role }) => `role/${ACCOUNT}/${role}`))];
        expect(rolesOf(answer.requests)).toEqual(expected.sort());
        ghost.begun.set(`${turn.number} ${answer.covering}`, ghost.unjudged);
        ghost.covering.set(turn.number, answer.covering);
      }
      return twice(state, (s) => begin(s, turn, NOW));
    }
    case 'settle': {
      const covering = ghost.covering.get(turn.number);
      if (covering === undefined) return state;
      if (current) {
        const judged = ghost.begun.get(`${turn.number} ${covering}`) ?? [];
        ghost.unjudged = ghost.unjudged.filter((each) => !judged.includes(each));
      }
      return twice(state, (s) => settle(s, turn, covering, NOW, sha256));
    }
    case 'replace':
      return twice(state, (s) => replace(s, turn, NOW, sha256));
  }
}

it('loses nothing and hands out one turn at a time, whatever is done in whatever order', () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const ghost: Ghost = { turns: [], unjudged: [], begun: new Map(), covering: new Map() };
      let state = idleLane(LANE);
      for (const step of plan) {
        const next = play(state, step, ghost);
        expect(next.requested).toBeGreaterThanOrEqual(state.requested);
        expect(next.evaluated).toBeGreaterThanOrEqual(state.evaluated);
        expect(next.evaluated).toBeLessThanOrEqual(next.requested);
        expect(next.out === null).toBe(ghost.unjudged.length === 0);
        expect(next.out === null).toBe(next.evaluated === next.requested);
        const waiting = rolesOf(next.pending.map((each) => each.request));
        expect(new Set(waiting)).toEqual(
          new Set(ghost.unjudged.map(({ role }) => `role/${ACCOUNT}/${role}`)),
        );
        if (next.out !== null && next.out.number !== ghost.turns.at(-1)?.number) {
          expect(next.out.number).toBeGreaterThan(ghost.turns.at(-1)?.number ?? 0);
          ghost.turns.push(turnOf(LANE, next.out.number, sha256));
        }
        expect(laneStateSchema.parse(JSON.parse(JSON.stringify(next)))).toEqual(next);
        state = next;
      }
    }),
    { numRuns: 400 },
  );
});
