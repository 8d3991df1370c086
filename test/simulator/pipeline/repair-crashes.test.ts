import { CreateAccessEntryCommand, DescribeAccessEntryCommand } from '@aws-sdk/client-eks';
import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { memoryServices } from '../../../simulator/pipeline/services.ts';
import { clusterStage, GHOST, NODES, writing } from '../../support/cluster-stage.ts';
import {
  type Breakable,
  type Crashed,
  endOf,
  repairAgain,
  type Verdict,
} from '../../support/crashed-repairs.ts';
import { ACCOUNT, approving, REGION, repairStage } from '../../support/repair-stage.ts';

const HOWS = ['before', 'after', 'refused'] as const;
/** What differs between kinds of changes: the write, and what is noted around it. */
const WRITES = /^(?:write$|keep plan entry)/;

/** A trust policy with a slip in it. */
async function trust(): Promise<Breakable> {
  const config = approving();
  const services = memoryServices(() => stage.simulation.clock.now());
  const stage = await repairStage(config, { services });
  return {
    ...stage,
    config,
    services,
    break: () => stage.write(stage.broken),
    live: async () => {
      const now = await stage.live();
      return now === stage.sound ? 'after' : now === stage.broken ? 'before' : 'neither';
    },
  };
}

/** A row of aws-auth for somebody who does not exist, in a cluster that may be written. */
async function awsAuth(): Promise<Breakable> {
  const config = writing();
  const services = memoryServices(() => stage.simulation.clock.now());
  const stage = await clusterStage(config, { services });
  const { objects, write, sound } = stage;
  let times = 0;
  return {
    ...stage,
    config,
    services,
    break: async () => {
      const map = await objects.configMap('kube-system', 'aws-auth');
      await objects.patchConfigMap('kube-system', 'aws-auth', map?.resourceVersion ?? '', {
        mapRoles: GHOST,
      });
      // Nothing in Kubernetes is an event: something else in the account has to be.
      await write(sound.replace('"Pods"', `"Pods${times++}"`));
    },
    live: async () => {
      const now = await stage.mapRoles();
      return now === NODES ? 'after' : now === GHOST ? 'before' : 'neither';
    },
  };
}

/** An access entry of a role that was deleted and made again: it is deleted and made anew, and looks as it did. */
async function entryMadeAnew(): Promise<Breakable> {
  const config = approving({
    mode: 'off',
    settings: [{ rule: 'no-tombstoned-access-entry', mode: 'approve' }],
  });
  const services = memoryServices(() => stage.simulation.clock.now());
  const stage = await repairStage(config, { services });
  const { iam, simulation } = stage;
  const eks = stage.admin('eks', null, REGION);
  const principalArn = `arn:aws:iam::${ACCOUNT}:role/ops`;
  const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
  });
  const make = () => iam.send(new CreateRoleCommand({ RoleName: 'ops', AssumeRolePolicyDocument }));
  await make();
  simulation.clock.advance(60);
  await eks.send(
    new CreateAccessEntryCommand({ clusterName: 'prod', principalArn, kubernetesGroups: ['viewers'] }),
  );
  return {
    ...stage,
    config,
    services,
    break: async () => {
      simulation.clock.advance(60);
      await iam.send(new DeleteRoleCommand({ RoleName: 'ops' }));
      await make();
      simulation.clock.advance(60);
    },
    live: async () => {
      const { accessEntry } = await eks
        .send(new DescribeAccessEntryCommand({ clusterName: 'prod', principalArn }))
        .catch(() => ({ accessEntry: null }));
      return accessEntry?.kubernetesGroups?.[0] === 'viewers' ? 'before and after' : 'neither';
    },
  };
}

const entriesIn = ({ records }: Crashed) =>
  records.filter((name) => /^(?:Create|Delete)AccessEntry$/.test(name));

describe.each<[string, () => Promise<Breakable>, Verdict, string, readonly string[]]>([
  ['a trust policy', trust, 'verified', 'applied', []],
  ['a trust policy', trust, 'WorseError', 'rolled back', []],
  ['a trust policy', trust, 'UndecidedError', 'stopped', []],
  ['aws-auth', awsAuth, 'verified', 'applied', ['apply']],
  ['aws-auth', awsAuth, 'WorseError', 'rolled back', ['roll-back']],
  ['an access entry that is made anew', entryMadeAnew, 'verified', 'applied', ['apply']],
])('a repair of %s', (_what, makeStage, verdict, without, steps) => {
  it(`whose verification ends in ${verdict} is ${without} when nothing happens, and ends in one of four ways whichever call its process dies at`, async () => {
    const stage = await makeStage();
    const run = await repairAgain(stage);
    const clean = await run(verdict, null);
    expect(endOf(clean)).toBe(without);
    const ends = new Map<string, number>();
    for (const [call, seen] of clean.seen.entries()) {
      if (steps.length > 0 && !(steps.includes(seen.step) && WRITES.test(seen.call))) continue;
      for (const how of HOWS) {
        const result = await run(verdict, { call, how });
        const end = endOf(result);
        expect({ ...clean.seen[call], how, ...result, seen: undefined, end }).toMatchObject({
          end: expect.any(String),
        });
        // What was made anew by the run that died is not made anew once more.
        if (how !== 'refused')
          expect([call, how, ...entriesIn(result)]).toEqual([call, how, ...entriesIn(clean)]);
        ends.set(end ?? '', (ends.get(end ?? '') ?? 0) + 1);
      }
    }
    expect(ends.get(without)).toBeGreaterThan(0);
    stage.pipeline.close();
  }, 300_000);
});
