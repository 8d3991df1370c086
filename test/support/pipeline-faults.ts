import { CreateRoleCommand, TagRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import type { Message } from '../../shared/pipeline/message.ts';
import type { Fault } from '../../simulator/faults.ts';
import { createPipeline, type Pipeline } from '../../simulator/pipeline/pipeline.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { ACCOUNT, organizationWithCluster } from './simulated-cluster.ts';

/** What goes wrong while a change is judged. */
export type Trouble =
  | { readonly action: string; readonly fault: Fault }
  /** A function dies before it does anything, or after it did everything and before it answers. */
  | { readonly name: string; readonly dies: 'before' | 'after'; readonly times: number };

/** The actions of AWS and the functions that a change without trouble calls: nothing is left out of the matrix by hand. */
interface Calls {
  readonly actions: readonly string[];
  readonly functions: readonly string[];
}

interface Stage {
  readonly simulation: Simulation;
  readonly pipeline: Pipeline;
  readonly told: Message[];
  readonly calls: { readonly actions: Set<string>; readonly functions: Set<string> };
  /** From here on the trouble strikes, until it is over. */
  readonly begin: (trouble: Trouble | null) => void;
  readonly end: () => void;
}

const RoleName = 'payments-api';

async function stage(): Promise<Stage> {
  const { simulation } = await organizationWithCluster();
  let trouble: Trouble | null = null;
  let struck = 0;
  const calls = { actions: new Set<string>(), functions: new Set<string>() };
  const around = (name: string, handler: LambdaHandler<unknown>): LambdaHandler<unknown> => {
    return async (event, context) => {
      calls.functions.add(name);
      const hit = trouble !== null && 'name' in trouble && trouble.name === name && struck < trouble.times;
      if (hit) struck += 1;
      if (hit && trouble !== null && 'dies' in trouble && trouble.dies === 'before')
        throw new Error('killed');
      const answer = await handler(event, context);
      if (hit) throw new Error('killed');
      return answer;
    };
  };
  const { strike } = simulation.faults;
  Object.assign(simulation.faults, {
    strike: (target: Parameters<typeof strike>[0]) => {
      calls.actions.add(target.action);
      return strike(target);
    },
  });
  return {
    simulation,
    pipeline: createPipeline(simulation, { around }),
    told: [],
    calls,
    begin: (next) => {
      trouble = next;
      struck = 0;
      if (next !== null && 'action' in next) simulation.faults.on(next.action, next.fault);
    },
    end: () => {
      trouble = null;
      simulation.faults.clear();
    },
  };
}

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const own = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
const everyone = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };

/** A queue or a stream hands a batch out again when its function died. */
async function settle({ pipeline, told }: Stage): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      told.push(...(await pipeline.settle()));
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
    }
  }
}

/** The state at the end: what is open, and what was told, by the ids of transitions. */
export interface Outcome {
  readonly open: readonly string[];
  readonly calls: Calls;
}

/**
 * A role is opened to the world while something goes wrong; then it is over, the sweep comes by, and the role is tagged.
 * Asserts what has to hold whatever went wrong, and returns the end.
 */
export async function openedDuring(trouble: Trouble | null): Promise<Outcome> {
  const here = await stage();
  const { simulation, pipeline, told } = here;
  const iam = simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/admin`)('iam', null, null);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(own) }));
  await settle(here);
  simulation.clock.advance(900);
  const before = await openIn(pipeline);
  here.calls.actions.clear();
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policy(own, everyone) }));
  here.calls.actions.clear();
  here.begin(trouble);
  const toldBefore = told.length;
  await settle(here);
  const calls = { actions: [...here.calls.actions].sort(), functions: [...here.calls.functions].sort() };
  // Unknown never resolves: what was open before is open still.
  const during = await openIn(pipeline);
  for (const fingerprint of before) expect(during).toContain(fingerprint);
  for (const { attributes } of told.slice(toldBefore)) expect(attributes['change']).not.toBe('resolved');
  here.end();
  simulation.clock.advance(900);
  told.push(...(await pipeline.sweep()));
  await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'a', Value: 'b' }] }));
  simulation.clock.advance(30);
  await settle(here);
  simulation.clock.advance(900);
  told.push(...(await pipeline.sweep()));
  // Everything that happened was told, and nothing twice but under its own id.
  const ids = told.map(({ deduplication }) => deduplication);
  const unpublished: string[] = [];
  for await (const { id } of pipeline.store.listUnpublished()) unpublished.push(id);
  expect(unpublished).toEqual([]);
  const distinct = new Set(ids).size;
  const repeats = trouble !== null && 'dies' in trouble && trouble.name === 'notify' ? ids.length : distinct;
  expect(ids).toHaveLength(repeats);
  const open = await openIn(pipeline);
  pipeline.close();
  return { open, calls };
}

async function openIn({ store }: Pipeline): Promise<string[]> {
  const open: string[] = [];
  for await (const { finding } of store.listOpen()) open.push(`${finding.rule} ${finding.fingerprint}`);
  return open.sort();
}
