import { createHandler as applyWaiversHandler } from '../../functions/apply-waivers/handler.ts';
import { createHandler as beginHandler } from '../../functions/begin/handler.ts';
import { createHandler as canaryHandler } from '../../functions/canary/handler.ts';
import { createHandler as collectHandler } from '../../functions/collect/handler.ts';
import { createHandler as evaluateHandler } from '../../functions/evaluate/handler.ts';
import { createHandler as notifyHandler } from '../../functions/notify/handler.ts';
import { createHandler as observeSessionsHandler } from '../../functions/observe-sessions/handler.ts';
import { createHandler as resolveScopeHandler } from '../../functions/resolve-scope/handler.ts';
import { createHandler as securityHubHandler } from '../../functions/security-hub/handler.ts';
import { createHandler as settleHandler } from '../../functions/settle/handler.ts';
import { createHandler as sweepHandler } from '../../functions/sweep/handler.ts';
import { createHandler as triageHandler } from '../../functions/triage/handler.ts';
import reevaluateDefinition from '../../infra/workflows/reevaluate.asl.json' with { type: 'json' };
import type { Clients } from '../../shared/aws/clients.ts';
import type { ReadKubernetes } from '../../shared/aws/kubernetes-reader.ts';
import { cloudtrailCauses } from '../../shared/aws/pipeline/cause-finder.ts';
import { clusterStatus } from '../../shared/aws/pipeline/cluster-status.ts';
import { accountCollector } from '../../shared/aws/pipeline/collector.ts';
import { type Config, defaultConfig } from '../../shared/config/config.ts';
import type { FindingStore } from '../../shared/findings/store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { logger } from '../../shared/lambda/logger.ts';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import type { BeginOutput } from '../../shared/pipeline/begin.ts';
import { CANARY } from '../../shared/pipeline/canary.ts';
import type { Turn } from '../../shared/pipeline/lane.ts';
import type { Message } from '../../shared/pipeline/message.ts';
import type { OrganizationListing } from '../../shared/pipeline/scan/list-accounts.ts';
import { memoryScanStates, type ScanStates } from '../../shared/pipeline/scan/scan-states.ts';
import type { Metric, Telemetry } from '../../shared/pipeline/telemetry.ts';
import { changePatterns, sessionPatterns } from '../../shared/triggers/pattern.ts';
import { toEventBridge } from '../records/record.ts';
import type { Simulation } from '../simulation.ts';
import { matchesPattern } from './event-pattern.ts';
import { createInterpreter, type Ended, LAMBDA_CONTEXT } from './interpreter.ts';
import { streamTo } from './published.ts';
import { createQueue } from './queue.ts';
import { createRepairs, type RepairParts, type Repairs } from './repairs.ts';
import { createOrgScan } from './scan.ts';
import { memoryServices, type Services } from './services.ts';

/** The state machine: the file that is deployed, imported so that the packed command carries it. */
const REEVALUATE = JSON.stringify(reevaluateDefinition);

/** The rule of the canary's events. */
const CANARY_PATTERN = { source: [CANARY.source], 'detail-type': [CANARY.detailType] };

/** Seconds that a step takes on the simulation's clock. */
const STEP_SECONDS = 3;

interface Execution {
  readonly turn: Turn;
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
  /** What the schedule does every few minutes: goes on where something was left undone. */
  readonly sweep: () => Promise<readonly Message[]>;
  /** What the schedule does every hour: findings follow the waivers. */
  readonly applyWaivers: () => Promise<readonly Message[]>;
  /** What the schedule does every day: a scan of all accounts; an execution is named once. */
  readonly scan: (
    execution: string,
  ) => Promise<{ readonly ended: Ended; readonly messages: readonly Message[] }>;
  /** What the schedule does every minute or so: an event that has to arrive. */
  readonly sendCanary: () => Promise<void>;
  readonly executions: readonly Execution[];
  readonly deadLetters: readonly string[];
  readonly metrics: ReadonlyMap<Metric, number>;
  readonly store: FindingStore;
  readonly repairs: Repairs;
  /** Stops listening to the simulation, and forgets the findings. */
  readonly close: () => void;
}

export interface PipelineOptions {
  readonly config?: Config;
  readonly extraSources?: readonly string[];
  /** Keeps who assumed which role, too; who was refused is always kept. */
  readonly sessions?: boolean;
  /** Keeps which calls pods were refused, too. */
  readonly accessDenied?: boolean;
  /** Hears nothing of the simulation's own records: events are put by hand. */
  readonly deaf?: boolean;
  /**
   * How the functions call the accounts, asked by each invocation, as of a function that starts cold; with clients of the
   * simulation's first account unless told.
   */
  readonly clients?: () => Clients;
  /** Where things are kept and published; in memory unless told. */
  readonly services?: Services;
  /** Where repairs are kept, and what comes between them and AWS. */
  readonly repair?: Pick<RepairParts, 'records' | 'world' | 'objects'>;
  /** Reads the Kubernetes APIs of clusters; none unless told. */
  readonly kubernetes?: ReadKubernetes;
  /** What Organizations lists for a scan; absent: nothing. */
  readonly organization?: () => Promise<OrganizationListing>;
  /** What scans remember; in memory unless told. */
  readonly scanStates?: ScanStates;
  /** Comes between the caller and a function, named as in `functions/`: to watch it, or to make it fail. */
  readonly around?: (name: string, handler: LambdaHandler<unknown>) => LambdaHandler<unknown>;
}

/** Connects a pipeline to a simulation: each CloudTrail record goes onto the bus. */
export function createPipeline(simulation: Simulation, options: PipelineOptions = {}): Pipeline {
  logger.setLogLevel('SILENT');
  const { around = (_name, handler) => handler } = options;
  const patterns = [...changePatterns(options.extraSources), CANARY_PATTERN];
  const sessionRules = sessionPatterns(options.extraSources, {
    successes: options.sessions === true,
    accessDenied: options.accessDenied === true,
  });
  const queue = createQueue();
  const sessions = createQueue();
  const putEvent = (event: object): void => {
    if (patterns.some((pattern) => matchesPattern(pattern, event))) queue.send(JSON.stringify(event));
    if (sessionRules.some((pattern) => matchesPattern(pattern, event))) sessions.send(JSON.stringify(event));
  };
  const { telemetry, metrics } = countingTelemetry();
  const { now } = simulation.clock;
  const services = options.services ?? memoryServices(now);
  const { claims, register, evaluations, outbox, topic, history, store, started, published } = services;
  const executions: Execution[] = [];

  const own = simulation.clients();
  const { clients = () => own } = options;
  const observed = {
    store: services.evidence,
    keepsSessions: () => options.sessions === true,
    keepsAccessDenied: () => options.accessDenied === true,
  };
  const shared = { claims, telemetry, hash: sha256, now, register, evaluations };
  const config = options.config ?? defaultConfig;
  const { kubernetes } = options;
  const collector = accountCollector(clients, now, kubernetes && (() => kubernetes));
  const repairs = createRepairs({
    ...options.repair,
    simulation,
    services,
    config,
    telemetry,
    observed,
    collector,
    around,
  });
  const orgScan = createOrgScan({
    simulation,
    services,
    clients,
    config,
    telemetry,
    observed,
    states: options.scanStates ?? memoryScanStates(),
    ...(options.organization !== undefined && { organization: options.organization }),
    ...(kubernetes !== undefined && { kubernetes }),
    around,
  });
  const triage = around('triage', triageHandler(shared));
  const observe = around('observe-sessions', observeSessionsHandler({ ...shared, ...observed }));
  const notify = around('notify', notifyHandler({ outbox, topic, chat: services.chat, telemetry, now }));
  const consumers = [
    notify,
    ...(services.securityHub === undefined
      ? []
      : [around('security-hub', securityHubHandler({ ...services.securityHub, telemetry }))]),
  ];
  const sweep = around(
    'sweep',
    sweepHandler({
      ...shared,
      outbox,
      listUnpublished: outbox.listUnpublished,
      topic,
      imports: services.securityHub,
    }),
  );
  const applyWaivers = around(
    'apply-waivers',
    applyWaiversHandler({ ...shared, store, waivers: services.waivers, mostDays: config.waivers.mostDays }),
  );
  const canary = around('canary', canaryHandler({ bus: services.bus(putEvent), now }));
  const findCauses = () =>
    cloudtrailCauses(clients, {
      now,
      sleep: async (milliseconds) => simulation.clock.advance(milliseconds / 1000),
    });
  const begin = beginHandler({ ...shared, clusterStatus: clusterStatus(clients) });
  const reevaluate = createInterpreter(
    REEVALUATE,
    {
      BeginFunctionArn: around('begin', waiting(begin, simulation)),
      CollectFunctionArn: around(
        'collect',
        collectHandler({
          ...shared,
          collector,
          history,
        }),
      ),
      ResolveScopeFunctionArn: around(
        'resolve-scope',
        resolveScopeHandler({ ...shared, relations: services.relations }),
      ),
      EvaluateFunctionArn: around(
        'evaluate',
        evaluateHandler({
          ...shared,
          store,
          waivers: services.waivers,
          observed,
          history,
          // A process of its own for each evaluation, where functions start cold.
          causeFinder: options.clients === undefined ? findCauses() : () => findCauses()(),
          config,
          remediations: repairs.remediations,
          pause: async () => {},
        }),
      ),
      SettleFunctionArn: around('settle', settleHandler(shared)),
    },
    () => simulation.clock.advance(STEP_SECONDS),
  );

  const drain = async (): Promise<void> => {
    await queue.drain(async (Records) => failedItems(await triage({ Records }, LAMBDA_CONTEXT)));
    await sessions.drain(async (Records) => failedItems(await observe({ Records }, LAMBDA_CONTEXT)));
  };
  const runStarted = async (): Promise<void> => {
    for (let turn = started.shift(); turn !== undefined; turn = started.shift()) {
      executions.push({ turn, ended: await reevaluate(turn.name, turn) });
      await streamTo(consumers, await services.inserted());
    }
  };
  /** What repairs write comes back as events, which may lead to repairs. */
  const runAll = async (): Promise<void> => {
    do {
      await runStarted();
      await repairs.run();
      await drain();
    } while (started.length > 0);
  };
  const unsubscribe =
    options.deaf === true ? () => {} : simulation.onRecord((record) => putEvent(toEventBridge(record)));
  return {
    putEvent,
    putMessage: queue.send,
    executions,
    get deadLetters() {
      return [...queue.deadLetters, ...sessions.deadLetters];
    },
    metrics,
    store,
    repairs,
    close: () => {
      unsubscribe();
      repairs.expire();
      services.close();
    },
    settle: async () => {
      await drain();
      await runAll();
      return published.splice(0);
    },
    applyWaivers: async () => {
      await applyWaivers({}, LAMBDA_CONTEXT);
      await streamTo(consumers, await services.inserted());
      return published.splice(0);
    },
    scan: async (execution) => {
      const ended = await orgScan(execution);
      await streamTo(consumers, await services.inserted());
      await runAll();
      return { ended, messages: published.splice(0) };
    },
    sendCanary: async () => {
      await canary({}, LAMBDA_CONTEXT);
    },
    sweep: async () => {
      await sweep({}, LAMBDA_CONTEXT);
      await runAll();
      return published.splice(0);
    },
  };
}

/** The interpreter does not wait in waiting states; the simulation's clock does. */
function waiting(begin: LambdaHandler<BeginOutput>, { clock }: Simulation): LambdaHandler<BeginOutput> {
  return async (event, context) => {
    const output = await begin(event, context);
    if (output.next === 'wait') clock.advance(output.seconds);
    return output;
  };
}

function failedItems(answer: unknown): readonly string[] {
  const { batchItemFailures } = answer as Awaited<ReturnType<ReturnType<typeof triageHandler>>>;
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
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
