import { createHandler as collectHandler } from '../../functions/collect/handler.ts';
import { createHandler as evaluateHandler } from '../../functions/evaluate/handler.ts';
import { createHandler as notifyHandler } from '../../functions/notify/handler.ts';
import { createHandler as triageHandler } from '../../functions/triage/handler.ts';
import reevaluateDefinition from '../../infra/workflows/reevaluate.asl.json' with { type: 'json' };
import { accountCollector } from '../../shared/aws/pipeline/collector.ts';
import { type Config, defaultConfig } from '../../shared/config/config.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logger } from '../../shared/lambda/logger.ts';
import type { Claims } from '../../shared/pipeline/claims.ts';
import { LostClaimError } from '../../shared/pipeline/errors.ts';
import type { Evaluation } from '../../shared/pipeline/evaluation.ts';
import { eventRegister } from '../../shared/pipeline/event-register.ts';
import type { Message } from '../../shared/pipeline/message.ts';
import type { Metric, Telemetry } from '../../shared/pipeline/telemetry.ts';
import { changePatterns } from '../../shared/triggers/pattern.ts';
import { toEventBridge } from '../records/record.ts';
import type { Simulation } from '../simulation.ts';
import { matchesPattern } from './event-pattern.ts';
import { createInterpreter, type Ended, LAMBDA_CONTEXT } from './interpreter.ts';
import { createQueue } from './queue.ts';

/** The state machine: the file that is deployed, imported so that the packed command carries it. */
const REEVALUATE = JSON.stringify(reevaluateDefinition);

/** Seconds that a step takes on the simulation's clock. */
const STEP_SECONDS = 3;

interface Execution {
  readonly evaluation: Evaluation;
  readonly ended: Ended;
}

/** The deployed pipeline in this process: bus, queue, handlers and state machine are the real ones, AWS is simulated. */
export interface Pipeline {
  /** Puts an event on the bus, as PutEvents does. */
  readonly putEvent: (event: object) => void;
  /** Puts any text into the queue. */
  readonly putMessage: (body: string) => void;
  /** Lets everything that is under way come to its end, and returns what was published meanwhile. */
  readonly settle: () => Promise<readonly Message[]>;
  readonly executions: readonly Execution[];
  readonly deadLetters: readonly string[];
  readonly metrics: ReadonlyMap<Metric, number>;
  /** Stops listening to the simulation. */
  readonly close: () => void;
}

export interface PipelineOptions {
  readonly config?: Config;
  readonly extraSources?: readonly string[];
}

/** Connects a pipeline to a simulation: each CloudTrail record goes onto the bus. */
export function createPipeline(simulation: Simulation, options: PipelineOptions = {}): Pipeline {
  logger.setLogLevel('SILENT');
  const patterns = changePatterns(options.extraSources);
  const queue = createQueue();
  const putEvent = (event: object): void => {
    if (patterns.some((pattern) => matchesPattern(pattern, event))) queue.send(JSON.stringify(event));
  };
  const { telemetry, metrics } = countingTelemetry();
  const published: Message[] = [];
  const requested: Evaluation[] = [];
  const executions: Execution[] = [];
  const names = new Set<string>();

  const shared = { claims: memoryClaims(), telemetry, hash: sha256 };
  const triage = triageHandler({
    ...shared,
    register: eventRegister(sha256),
    evaluations: {
      start: async (evaluation) => {
        if (names.has(evaluation.name)) return 'repeated';
        names.add(evaluation.name);
        requested.push(evaluation);
        return 'started';
      },
    },
  });
  const clients = simulation.clients();
  const reevaluate = createInterpreter(
    REEVALUATE,
    {
      CollectFunctionArn: collectHandler({
        ...shared,
        collector: accountCollector(() => clients, simulation.clock.now),
        now: simulation.clock.now,
      }),
      EvaluateFunctionArn: evaluateHandler({ ...shared, config: options.config ?? defaultConfig }),
      NotifyFunctionArn: notifyHandler({
        ...shared,
        topic: { publish: async (message) => void published.push(message) },
      }),
    },
    () => simulation.clock.advance(STEP_SECONDS),
  );

  return {
    putEvent,
    putMessage: queue.send,
    executions,
    deadLetters: queue.deadLetters,
    metrics,
    close: simulation.onRecord((record) => putEvent(toEventBridge(record))),
    settle: async () => {
      await queue.drain(async (Records) => {
        const { batchItemFailures } = await triage({ Records }, LAMBDA_CONTEXT);
        return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      });
      for (const evaluation of requested.splice(0)) {
        executions.push({ evaluation, ended: await reevaluate(evaluation.name, evaluation) });
      }
      return published.splice(0);
    },
  };
}

function memoryClaims(): Claims {
  const kept = new Map<string, string>();
  return {
    put: async (key, text) => void kept.set(key, text),
    get: async (key) => {
      const text = kept.get(key);
      if (text === undefined) throw new LostClaimError(key, 'it does not exist');
      return text;
    },
  };
}

function countingTelemetry(): { telemetry: Telemetry; metrics: ReadonlyMap<Metric, number> } {
  const metrics = new Map<Metric, number>();
  return {
    metrics,
    telemetry: {
      count: (metric, value = 1) => void metrics.set(metric, (metrics.get(metric) ?? 0) + value),
      note: () => {},
    },
  };
}
