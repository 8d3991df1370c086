import { TagRoleCommand } from '@aws-sdk/client-iam';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import { createPipeline, type Pipeline } from '../../simulator/pipeline/pipeline.ts';
import { toEventBridge } from '../../simulator/records/record.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { readableCluster } from './cluster-api/readable-cluster.ts';
import { copySimulation } from './copy-simulation.ts';
import { furnishedOrganization, HUB_ACCOUNT, READ_ROLE } from './furnished-organization.ts';
import { type CallFault, type Calls, createCalls, KilledError } from './hub/calls.ts';
import { type Hub, hubServices } from './hub/services.ts';
import { ACCOUNT } from './simulated-cluster.ts';
import { strikeSimulation } from './struck-simulation.ts';

/** What goes wrong while a change is judged. */
export interface Trouble {
  /** One of a handler's calls fails, or its process dies there. */
  readonly fault?: CallFault;
  /** Functions that die whenever they are called. */
  readonly down?: readonly string[];
  /** How many imports Security Hub refuses, whatever else goes wrong. */
  readonly refusedImports?: number;
  /** A function that dies before it does anything, or after it did everything and before it answers. */
  readonly dies?: { readonly name: string; readonly when: 'before' | 'after'; readonly times: number };
}

/** The pipeline over a furnished organization, with a way to let something go wrong. */
export interface FaultStage {
  readonly simulation: Simulation;
  readonly issuer: string;
  readonly pipeline: Pipeline;
  readonly hub: Hub;
  readonly calls: Calls;
  /** Makes a change whose events never arrive. */
  readonly unheard: (change: () => Promise<void>) => Promise<void>;
  /** From here on the trouble strikes, until it is over. */
  readonly begin: (trouble: Trouble) => void;
  readonly end: () => void;
  readonly close: () => Promise<void>;
}

/** Sets it up, or goes on from where another one stands; nothing goes wrong yet. */
export async function faultStage(from?: FaultStage): Promise<FaultStage> {
  const { simulation, issuer } =
    from === undefined
      ? await furnishedOrganization()
      : { simulation: copySimulation(from.simulation, 2), issuer: from.issuer };
  const calls = createCalls();
  const kubernetes = await readableCluster(simulation, calls);
  const hub = hubServices(calls, simulation.clock.now, from?.hub);
  let trouble: Trouble = {};
  let died = 0;
  let late: (() => Promise<void>) | null = null;
  /** A change while a turn is about to end: it has to get the next one. */
  const comesLate = async (): Promise<void> => {
    const change = late;
    late = null;
    await change?.();
  };
  const around = (name: string, handler: LambdaHandler<unknown>): LambdaHandler<unknown> => {
    const counted = calls.around(name, handler);
    return async (event, context) => {
      if (name === 'settle') await comesLate();
      const { down = [], dies } = trouble;
      if (down.includes(name)) throw new KilledError(name);
      const hit = dies?.name === name && died < dies.times;
      if (hit) died += 1;
      if (hit && dies.when === 'before') throw new KilledError(name);
      const answer = await counted(event, context);
      if (hit) throw new KilledError(name);
      return answer;
    };
  };
  strikeSimulation(simulation, calls);
  const pipeline = createPipeline(simulation, {
    around,
    services: hub.services,
    deaf: true,
    // Made anew each time, as in a function that starts cold: the read role is entered again.
    clients: () => simulation.clients({ account: HUB_ACCOUNT, readRole: READ_ROLE }),
    kubernetes: kubernetes.read,
  });
  let hears = true;
  simulation.onRecord((record) => {
    if (hears) pipeline.putEvent(toEventBridge(record));
  });
  return {
    simulation,
    issuer,
    calls,
    hub,
    pipeline,
    unheard: async (change) => {
      hears = false;
      await change();
      hears = true;
    },
    begin: (next) => {
      late = async () => {
        const iam = simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`)('iam', null, null);
        await iam.send(new TagRoleCommand({ RoleName: 'standing', Tags: [{ Key: 'a', Value: 'b' }] }));
        await pipeline.settle();
      };
      trouble = next;
      died = 0;
      kubernetes.hangs(next.fault?.how === 'timeout' && next.fault.call.includes(' kubernetes:'));
      calls.begin(next.fault ?? null);
      hub.refuseImports(next.refusedImports ?? 0);
    },
    end: () => {
      trouble = {};
      kubernetes.hangs(false);
      calls.begin(null);
    },
    close: async () => {
      pipeline.close();
      await kubernetes.close();
    },
  };
}
