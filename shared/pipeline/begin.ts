import { type Claims, requestsKey } from './claims.ts';
import type { Lane, Turn } from './lane.ts';
import type { ScopeRegister } from './register.ts';
import type { Telemetry } from './telemetry.ts';

/** Live status of a lane's cluster; null when it is gone, or cannot be told. */
export type ClusterStatus = (lane: Extract<Lane, { kind: 'cluster' }>) => Promise<string | null>;

export interface BeginPorts {
  readonly register: Pick<ScopeRegister, 'begin'>;
  readonly clusterStatus: ClusterStatus;
  readonly claims: Claims;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

/** What the turn goes on with. */
export type BeginOutput =
  | { readonly next: 'nothing' }
  | { readonly next: 'wait'; readonly seconds: number }
  /** `requests`: where what is asked for is kept. */
  | { readonly next: 'judge'; readonly covering: number; readonly requests: string };

/** Until it is one of these no longer, a cluster is on its way: its issuer does not exist yet, or is about to go. */
const UNDER_WAY = new Set(['CREATING', 'PENDING', 'DELETING']);

const LOOK_EVERY_SECONDS = 30;
const PATIENCE_MINUTES = 30;

/**
 * Begins a turn: takes what its lane is asked for, once the cluster of a cluster's lane is there (or gone) to be read.
 * After half an hour it is judged as it is. Runs twice without harm.
 */
export function begin(ports: BeginPorts) {
  return async (turn: Turn): Promise<BeginOutput> => {
    const begun = await ports.register.begin(turn);
    if (begun === null || begun.requests.length === 0) return { next: 'nothing' };
    if (turn.lane.kind === 'cluster' && hasPatience(begun.begunAt, ports.now())) {
      const status = await ports.clusterStatus(turn.lane);
      if (status !== null && UNDER_WAY.has(status)) return { next: 'wait', seconds: LOOK_EVERY_SECONDS };
    }
    const requests = requestsKey(turn.name, begun.covering);
    await ports.claims.put(requests, JSON.stringify(begun.requests));
    ports.telemetry.count('EvaluationsBegun');
    return { next: 'judge', covering: begun.covering, requests };
  };
}

function hasPatience(begunAt: string, now: Date): boolean {
  return now.getTime() - Date.parse(begunAt) < PATIENCE_MINUTES * 60_000;
}
