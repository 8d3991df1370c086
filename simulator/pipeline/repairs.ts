import * as z from 'zod';
import { createHandler as applyHandler } from '../../functions/apply/handler.ts';
import { createHandler as decideHandler } from '../../functions/decide/handler.ts';
import { createHandler as expireHandler } from '../../functions/expire/handler.ts';
import { createHandler as planHandler } from '../../functions/plan/handler.ts';
import { createHandler as requestApprovalHandler } from '../../functions/request-approval/handler.ts';
import { createHandler as rollBackHandler } from '../../functions/roll-back/handler.ts';
import { createHandler as stopHandler } from '../../functions/stop/handler.ts';
import { createHandler as verifyHandler } from '../../functions/verify/handler.ts';
import remediateDefinition from '../../infra/workflows/remediate.asl.json' with { type: 'json' };
import { type Enter, type WorldOptions, worldOf } from '../../shared/aws/changes/world.ts';
import { liveTags } from '../../shared/aws/repairs/live-tags.ts';
import type { Patience, World } from '../../shared/changes/applying.ts';
import type { Approver } from '../../shared/changes/guards/approval.ts';
import { configuredClusters } from '../../shared/changes/guards/cluster-writes.ts';
import type { Records } from '../../shared/changes/repairs/records.ts';
import { type RepairStore, repairStore } from '../../shared/changes/repairs/repair-store.ts';
import type { Config } from '../../shared/config/config.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import type { Collector } from '../../shared/pipeline/collect.ts';
import type { ObservedPorts } from '../../shared/pipeline/observed.ts';
import type { ApplyPorts } from '../../shared/pipeline/repair/apply.ts';
import type { PlanPorts } from '../../shared/pipeline/repair/plan.ts';
import type { Callbacks, Remediations, Repair } from '../../shared/pipeline/repair/repair.ts';
import type { VerifyPorts } from '../../shared/pipeline/repair/verify.ts';
import type { Telemetry } from '../../shared/pipeline/telemetry.ts';
import { autoEligibility } from '../../shared/plans/auto-eligibility.ts';
import { planFinding } from '../../shared/plans/plan-finding.ts';
import { openSqliteRecords } from '../../shared/sqlite/records.ts';
import type { Simulation } from '../simulation.ts';
import { createInterpreter, type Ended, LAMBDA_CONTEXT } from './interpreter.ts';
import type { Services } from './services.ts';
import { taskTokens } from './task-tokens.ts';

/** The state machine: the file that is deployed. */
const REMEDIATE = JSON.stringify(remediateDefinition);
const STEP_SECONDS = 3;

/** An execution of Remediate; `ended` is null while it waits for a decision. */
interface RepairExecution {
  readonly repair: Repair;
  ended: Ended | null;
}

/** The deployed repairs in this process: the state machine and its handlers are the real ones, AWS is simulated. */
export interface Repairs {
  readonly remediations: Remediations;
  readonly store: RepairStore;
  /** What the handlers are made with, for others that do the same: the command line. */
  readonly ports: ApplyPorts & VerifyPorts & PlanPorts;
  readonly executions: readonly RepairExecution[];
  /** Runs what was started or decided until it ends or waits for somebody. */
  readonly run: () => Promise<void>;
  /** What somebody's `podtrust approve` or `reject` does. */
  readonly decide: (digest: string, verdict: 'approved' | 'rejected', by: Approver) => Promise<unknown>;
  /** Hands a waiting execution an approval without asking `decide`: what somebody with a stolen token could do. */
  readonly resume: (digest: string) => Promise<void>;
  /** Ends every waiting for a decision, as time does. */
  readonly expire: () => void;
}

export interface RepairParts {
  readonly simulation: Simulation;
  readonly services: Services;
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly observed: ObservedPorts;
  readonly collector: Collector;
  readonly around: (name: string, handler: LambdaHandler<unknown>) => LambdaHandler<unknown>;
  /** Where repairs are kept; in this process unless told. */
  readonly records?: Records;
  /** The Kubernetes APIs of clusters, as far as the configuration lets them be written; absent: none is. */
  readonly objects?: WorldOptions['kubernetes'];
  /** Names the run, where the same plan is made again in a store that knows nothing of it: EKS remembers requests. */
  readonly run?: string;
  /** How accounts are entered to write; by sessions of the write role that nobody has to open unless told. */
  readonly enter?: Enter;
  /** Comes between whoever decided and the workflow that waits. */
  readonly callbacks?: (own: Callbacks) => Callbacks;
  /** What somebody else has against plans; nobody is asked unless told. */
  readonly secondOpinion?: NonNullable<PlanPorts['secondOpinion']>;
  /** Comes between the engine and the simulated AWS. */
  readonly world?: (world: World) => World;
}

/** Connects repairs to a simulation. */
export function createRepairs(parts: RepairParts): Repairs {
  const { simulation, services, config, telemetry, around, observed, collector } = parts;
  const { now } = simulation.clock;
  const records = parts.records ?? openSqliteRecords(':memory:');
  const store = repairStore({ records, hash: sha256, now });
  const tokens = taskTokens();
  const enter = parts.enter ?? writeRole(simulation, config);
  const sleep: Patience['sleep'] = async (milliseconds) => simulation.clock.advance(milliseconds / 1000);
  const patience = { waits: Array.from({ length: 12 }, () => 5_000), sleep };
  const wrap = parts.world ?? ((world) => world);
  const ownRoles = [config.deployment.readRole.name, config.fixes?.writeRole ?? 'podtrust-write'];
  const ports = {
    store,
    telemetry,
    config,
    now,
    sleep,
    collector,
    observed,
    hash: sha256,
    claims: services.claims,
    history: services.history,
    findings: services.store,
    topic: services.topic,
    callbacks: parts.callbacks?.(tokens) ?? tokens,
    ...(parts.secondOpinion !== undefined && { secondOpinion: parts.secondOpinion }),
    ownRoles,
    planner: { planFinding, autoEligibility },
    world: (plan: string) =>
      wrap(
        worldOf({
          plan,
          enter,
          hash: sha256,
          patience,
          annotates: config.fixes?.kubernetes.some(({ annotations }) => annotations) === true,
          ...(parts.run !== undefined && { run: parts.run }),
          ...(parts.objects !== undefined && { kubernetes: parts.objects }),
        }),
      ),
    guards: {
      fixes: config.fixes,
      breakGlass: config.access.breakGlass,
      ownRoles,
      findingStatus: async (account: string, fingerprint: string) => {
        const stored = await services.store.findingsOf({ kind: 'account', account });
        return stored.find(({ finding }) => finding.fingerprint === fingerprint)?.finding.status ?? null;
      },
      tagsOf: liveTags(enter),
      clusterRefusal: configuredClusters(config.fixes ?? { kubernetes: [] }),
      now,
    },
  };
  /** The workflow's interpreter does not wait: what a handler asks it to, the clock does. */
  const waiting =
    (handler: LambdaHandler<unknown>): LambdaHandler<unknown> =>
    async (event, context) => {
      const result = await handler(event, context);
      simulation.clock.advance(secondsToWait(result));
      return result;
    };
  const remediate = createInterpreter(
    REMEDIATE,
    {
      PlanFunctionArn: waiting(around('plan', planHandler(ports))),
      RequestApprovalFunctionArn: around('request-approval', requestApprovalHandler(ports)),
      ExpireFunctionArn: around('expire', expireHandler(ports)),
      ApplyFunctionArn: waiting(around('apply', applyHandler(ports))),
      VerifyFunctionArn: around('verify', verifyHandler(ports)),
      RollBackFunctionArn: waiting(around('roll-back', rollBackHandler(ports))),
      StopFunctionArn: around('stop', stopHandler(ports)),
    },
    () => simulation.clock.advance(STEP_SECONDS),
    tokens,
  );
  const names = new Set<string>();
  const started: Repair[] = [];
  const executions: RepairExecution[] = [];
  const running = new Map<RepairExecution, Promise<void>>();

  const begin = (repair: Repair): void => {
    const execution: RepairExecution = { repair, ended: null };
    executions.push(execution);
    const run = remediate(repair.name, repair).then((ended) => {
      execution.ended = ended;
      running.delete(execution);
    });
    running.set(execution, run);
  };
  /** Until each execution has ended or waits for its token. */
  const rest = async (): Promise<void> => {
    while (running.size > tokens.waiting().length)
      await Promise.race([...running.values(), tokens.nextWait()]);
  };
  return {
    store,
    ports,
    executions,
    remediations: {
      start: async (repair) => {
        if (names.has(repair.name)) return 'repeated';
        names.add(repair.name);
        started.push(repair);
        return 'started';
      },
    },
    run: async () => {
      await rest();
      for (let repair = started.shift(); repair !== undefined; repair = started.shift()) {
        begin(repair);
        await rest();
      }
    },
    decide: async (digest, verdict, by) => {
      const handler = around('decide', decideHandler({ ...ports, callerOf: async () => by }));
      return handler({ digest, verdict, proof: 'simulated' }, LAMBDA_CONTEXT);
    },
    resume: async (digest) => {
      const request = await store.requested(digest);
      await tokens.decided(request?.taskToken ?? '', 'approved');
    },
    expire: () => {
      for (const token of tokens.waiting()) tokens.expire(token);
    },
  };
}

const waitSchema = z.object({ seconds: z.number() });

const secondsToWait = (result: unknown): number => waitSchema.safeParse(result).data?.seconds ?? 0;

/** Sessions of the write role of each account. */
function writeRole(simulation: Simulation, { fixes }: Config): Enter {
  const known = new Map<string, ReturnType<Enter>>();
  return (account) => {
    const before = known.get(account);
    if (before !== undefined) return before;
    const partition = simulation.world.accounts.get(account)?.partition ?? 'aws';
    const role = `arn:${partition}:iam::${account}:role/${fixes?.writeRole ?? 'podtrust-write'}`;
    const clients = simulation.as(account, role, { session: 'podtrust-fix' });
    const entered = {
      eks: (region: string) => clients('eks', null, region),
      iam: () => clients('iam', null, null),
    };
    known.set(account, entered);
    return entered;
  };
}
