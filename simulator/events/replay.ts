import type { Config } from '../../shared/config/config.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { Transition } from '../../shared/findings/transition.ts';
import { transitionSchema } from '../../shared/findings/transition.ts';
import { readTrigger } from '../../shared/triggers/read-trigger.ts';
import { simulationFrom } from '../load.ts';
import { createPipeline } from '../pipeline/pipeline.ts';
import { type Applied, applyRecord } from './apply-record.ts';
import { stageFor } from './stage.ts';

export interface ReplayOptions {
  readonly config: Config;
  /** The state that AWS answers with; absent: made of the events, and following them. */
  readonly snapshot?: Snapshot;
  readonly heard: (transition: Transition) => void;
}

/** What came of a list of events. */
export interface Replayed {
  readonly events: number;
  /** Events that ask for nothing, and messages that are no CloudTrail events. */
  readonly ignored: number;
  readonly unreadable: number;
  /** Calls that were made again in the simulated accounts; null with a snapshot. */
  readonly applied: Readonly<Record<Applied, number>> | null;
  readonly evaluations: number;
  readonly transitions: readonly Transition[];
  /** How many findings of those that were told are open at the end. */
  readonly open: number;
}

/** Events so close in time arrive in one batch. */
const TOGETHER_SECONDS = 60;

/**
 * Plays EventBridge envelopes, in their order, through the deployed pipeline in this process: against a snapshot, or
 * against accounts in which the calls are made again as they come.
 */
export async function replay(events: readonly unknown[], options: ReplayOptions): Promise<Replayed> {
  const times = events.map(timeOf);
  const start = Math.min(...times.filter((time) => !Number.isNaN(time)), Date.parse('2100-01-01'));
  const base = options.snapshot ?? stageFor(events, new Date(start - 3_600_000).toISOString());
  const simulation = simulationFrom(base);
  // What is told of changes is asked, not what would be repaired: a repair would change the state that is played.
  const { fixes: _, ...config } = options.config;
  const { sessions } = config.deployment;
  const pipeline = createPipeline(simulation, {
    config,
    sessions: sessions.successful.length > 0,
    accessDenied: sessions.accessDenied !== false,
    deaf: true,
  });
  const applied: Record<Applied, number> = { applied: 0, refused: 0, unknown: 0 };
  const transitions: Transition[] = [];
  const settle = async (): Promise<void> => {
    for (const { json } of await pipeline.settle()) {
      const { text: _text, ...transition } = JSON.parse(json);
      const told = transitionSchema.parse(transition);
      transitions.push(told);
      options.heard(told);
    }
  };
  let last = Number.NaN;
  try {
    for (const [at, event] of events.entries()) {
      const time = times[at] ?? Number.NaN;
      if (time - last > TOGETHER_SECONDS * 1000) await settle();
      const ahead = (time - simulation.clock.now().getTime()) / 1000;
      if (ahead > 0) simulation.clock.advance(ahead);
      if (options.snapshot === undefined) applied[await applyRecord(simulation, detailOf(event))] += 1;
      if (typeof event === 'object' && event !== null) pipeline.putEvent(event);
      if (!Number.isNaN(time)) last = time;
    }
    simulation.clock.advance(TOGETHER_SECONDS);
    await settle();
  } finally {
    pipeline.close();
  }
  const readings = events.map(readTrigger);
  const asks = pipeline.metrics.get('EventsReceived') ?? 0;
  const unreadable = readings.filter(({ outcome }) => outcome === 'unreadable').length;
  return {
    events: events.length,
    ignored: events.length - asks - unreadable,
    unreadable,
    applied: options.snapshot === undefined ? applied : null,
    evaluations: pipeline.executions.length,
    transitions,
    open: openAtEnd(transitions),
  };
}

function openAtEnd(transitions: readonly Transition[]): number {
  const last = new Map(transitions.map(({ finding }) => [finding.fingerprint, finding.status]));
  return [...last.values()].filter((status) => status === 'open').length;
}

const detailOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && 'detail' in event ? event.detail : undefined;

function timeOf(event: unknown): number {
  const detail = detailOf(event);
  if (typeof detail !== 'object' || detail === null || !('eventTime' in detail)) return Number.NaN;
  return Date.parse(String(detail.eventTime));
}
