import * as z from 'zod';
import { createHandler as assembleHandler } from '../../functions/assemble/handler.ts';
import { createHandler as collectAccountHandler } from '../../functions/collect-account/handler.ts';
import { createHandler as collectRegionHandler } from '../../functions/collect-region/handler.ts';
import { createHandler as joinHandler } from '../../functions/join/handler.ts';
import { createHandler as judgeAccountHandler } from '../../functions/judge-account/handler.ts';
import { createHandler as listAccountsHandler } from '../../functions/list-accounts/handler.ts';
import { createHandler as paceScanHandler } from '../../functions/pace-scan/handler.ts';
import { createHandler as reportHandler } from '../../functions/report/handler.ts';
import orgScanDefinition from '../../infra/workflows/org-scan.asl.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import type { Clients } from '../../shared/aws/clients.ts';
import type { ReadKubernetes } from '../../shared/aws/kubernetes-reader.ts';
import { cloudtrailCauses } from '../../shared/aws/pipeline/cause-finder.ts';
import { scanCollector } from '../../shared/aws/pipeline/scan-collector.ts';
import { readCaller } from '../../shared/aws/reads/caller.ts';
import type { Config } from '../../shared/config/config.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { pageAssets } from '../../shared/lambda/page-assets.ts';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import { OrganizationUnreadableError } from '../../shared/pipeline/errors.ts';
import type { ObservedPorts } from '../../shared/pipeline/observed.ts';
import type { ListOutput, ListPorts } from '../../shared/pipeline/scan/list-accounts.ts';
import type { MapRuns } from '../../shared/pipeline/scan/pace-scan.ts';
import type { ScanStates } from '../../shared/pipeline/scan/scan-states.ts';
import type { Telemetry } from '../../shared/pipeline/telemetry.ts';
import type { Simulation } from '../simulation.ts';
import { createDistributedInterpreter } from './distributed-map.ts';
import type { Ended } from './interpreter.ts';
import { type SimulatedMapRuns, simulatedMapRuns } from './map-runs.ts';
import type { Services } from './services.ts';

/** The state machine: the file that is deployed. */
const ORG_SCAN = JSON.stringify(orgScanDefinition);

/** Seconds that a step takes on the simulation's clock. */
const STEP_SECONDS = 3;

export interface ScanParts {
  readonly simulation: Simulation;
  readonly services: Services;
  readonly clients: () => Clients;
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly observed: ObservedPorts;
  readonly states: ScanStates;
  /** What Organizations lists; absent: there is no organization to list. */
  readonly organization?: ListPorts['organization'];
  /** Reads the Kubernetes APIs of clusters; none unless told. */
  readonly kubernetes?: ReadKubernetes;
  /** Comes between the loop and the map runs; nothing unless told. */
  readonly mapRuns?: (own: MapRuns) => MapRuns;
  readonly around: (name: string, handler: LambdaHandler<unknown>) => LambdaHandler<unknown>;
}

/** The state machine OrgScan in this process, with the deployed handlers: runs one execution by its name. */
export function createOrgScan(parts: ScanParts): (execution: string) => Promise<Ended> {
  const { simulation, services, clients, config, telemetry, observed, states, around } = parts;
  const { claims, store, history, register, evaluations, topic } = services;
  const { now } = simulation.clock;
  const { kubernetes } = parts;
  const collection = scanCollector(clients, now, kubernetes && (() => kubernetes));
  const collecting = { collection, claims, telemetry, now };
  const mapRuns = simulatedMapRuns(now);
  const handlers = {
    ListAccountsFunctionArn: startedBySimulation(
      simulation,
      listAccountsHandler({
        claims,
        telemetry,
        ownAccount: async () => (await readCaller(clients()('sts', null, null))).account,
        organization:
          parts.organization ??
          (async () => {
            throw new OrganizationUnreadableError('The simulation has no organization to list.');
          }),
        deployment: config.deployment,
        clusterless: config.organization.clusterless,
      }),
    ),
    CollectAccountFunctionArn: collectAccountHandler(collecting),
    CollectRegionFunctionArn: collectRegionHandler(collecting),
    PaceScanFunctionArn: whenChanged(
      mapRuns,
      paceScanHandler({ mapRuns: parts.mapRuns?.(mapRuns) ?? mapRuns, claims, telemetry, now }),
    ),
    AssembleFunctionArn: assembleHandler({
      claims,
      history,
      relations: services.relations,
      evidence: observed.store,
      telemetry,
      bindings: config.bindings,
      hash: sha256,
    }),
    JoinFunctionArn: joinHandler({ claims, telemetry }),
    JudgeAccountFunctionArn: judgeAccountHandler({
      claims,
      store,
      waivers: services.waivers,
      observed,
      history,
      causeFinder: cloudtrailCauses(clients, {
        now,
        sleep: async (milliseconds) => simulation.clock.advance(milliseconds / 1000),
      }),
      register,
      evaluations,
      states,
      telemetry,
      config,
      version: manifest.version,
      hash: sha256,
      now,
      pause: async () => {},
    }),
    ReportFunctionArn: reportHandler({
      claims,
      files: claims.put,
      // No browser reads a simulated report: the page is as small as one can be.
      page: async () => pageAssets({ script: '', style: '' }),
      store,
      topic,
      telemetry,
      version: manifest.version,
      now,
    }),
  };
  const run = createDistributedInterpreter(ORG_SCAN, {
    handlers: Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [name, around(nameOf(name), handler)]),
    ),
    getObject: claims.get,
    mapRuns,
    elapse: () => simulation.clock.advance(STEP_SECONDS),
  });
  return (execution) => run(execution, {});
}

/** The interpreter's executions begin by the clock on the wall; those of the simulation by its own. */
function startedBySimulation(
  { clock }: Simulation,
  handler: LambdaHandler<ListOutput>,
): LambdaHandler<ListOutput> {
  const begun = new Map<unknown, string>();
  return (input, context) => {
    const { execution } = z.looseObject({ execution: z.string() }).parse(input);
    const startedAt = begun.get(execution) ?? clock.now().toISOString();
    begun.set(execution, startedAt);
    return handler({ execution, startedAt }, context);
  };
}

/** The interpreter does not wait in waiting states: a turn of the loop comes when there is something new to see. */
function whenChanged<Output>(
  { change }: SimulatedMapRuns,
  handler: LambdaHandler<Output>,
): LambdaHandler<Output> {
  return async (input, context) => {
    const { execution } = z.looseObject({ execution: z.string() }).parse(input);
    await change(execution);
    return handler(input, context);
  };
}

/** `collect-account` of `CollectAccountFunctionArn`, as in `functions/`. */
function nameOf(substitution: string): string {
  return substitution
    .replace(/FunctionArn$/, '')
    .replace(/(?<=[a-z])([A-Z])/g, '-$1')
    .toLowerCase();
}
