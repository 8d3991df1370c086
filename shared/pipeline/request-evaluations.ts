import { type Lane, laneKey, laneOf, type Turn } from './lane.ts';
import type { ScopeRegister } from './register.ts';
import type { ScopeRequest } from './scope-request.ts';
import type { Telemetry } from './telemetry.ts';

/** Starts evaluations. A name that was used before is success: somebody started the same already. */
export interface Evaluations {
  readonly start: (turn: Turn) => Promise<'started' | 'repeated'>;
  /** Whether the turn's execution is still at it. */
  readonly isRunning: (turn: Turn) => Promise<boolean>;
}

export interface RequestPorts {
  readonly register: Pick<ScopeRegister, 'request'>;
  readonly evaluations: Pick<Evaluations, 'start'>;
  readonly telemetry: Telemetry;
}

/** A request, with what asked for it. */
export interface Asked {
  readonly request: ScopeRequest;
  readonly eventIds: readonly string[];
  /** Ids of the messages that are not done until this is. */
  readonly messages: readonly string[];
}

/**
 * Registers requests lane by lane and sees to it that each lane's turn runs. Returns the messages whose lane could not
 * be served: one lane never takes another with it.
 */
export async function requestEvaluations(
  asked: readonly Asked[],
  { register, evaluations, telemetry }: RequestPorts,
): Promise<readonly string[]> {
  const failed = new Set<string>();
  const serve = async ({ lane, of }: LaneRequests): Promise<void> => {
    try {
      const turn = await register.request(
        lane,
        of.map(({ request }) => request),
        of.flatMap(({ eventIds }) => eventIds),
      );
      if (turn === null) return;
      const outcome = await evaluations.start(turn);
      telemetry.count(outcome === 'started' ? 'EvaluationsStarted' : 'EvaluationsRepeated');
    } catch (error) {
      telemetry.note('An evaluation could not be asked for', { lane: laneKey(lane), error });
      for (const id of of.flatMap(({ messages }) => messages)) failed.add(id);
    }
  };
  const left = byLane(asked).values();
  const worker = async (): Promise<void> => {
    for (const lane of left) await serve(lane);
  };
  await Promise.all(Array.from({ length: LANES_AT_ONCE }, worker));
  return [...failed];
}

/** A change of a whole organization touches a lane for each of its accounts. */
const LANES_AT_ONCE = 10;

interface LaneRequests {
  readonly lane: Lane;
  readonly of: Asked[];
}

function byLane(asked: readonly Asked[]): ReadonlyMap<string, LaneRequests> {
  const lanes = new Map<string, LaneRequests>();
  for (const each of asked) {
    const lane = laneOf(each.request.scope);
    const known = lanes.get(laneKey(lane)) ?? { lane, of: [] };
    lanes.set(laneKey(lane), known);
    known.of.push(each);
  }
  return lanes;
}
