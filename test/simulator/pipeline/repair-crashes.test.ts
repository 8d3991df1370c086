import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DescribeAccessEntryCommand,
  ListAssociatedAccessPoliciesCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../simulator/faults.ts';
import { memoryServices } from '../../../simulator/pipeline/services.ts';
import type { Simulation } from '../../../simulator/simulation.ts';
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

type Make = (lagSeconds?: number) => Promise<Breakable>;

/** A trust policy with a slip in it. */
async function trust(lagSeconds = 0): Promise<Breakable> {
  const config = approving();
  const services = memoryServices(() => stage.simulation.clock.now());
  const stage = await repairStage(config, { services, delaySeconds: lagSeconds });
  return {
    ...stage,
    lagSeconds,
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

const VIEW = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';

/**
 * An access entry, and the policy on it, of a role that was deleted and made again: both are deleted and made anew, four
 * changes of two kinds, and look as they did.
 */
const entryWithPolicy: Make = (lagSeconds) => entryMadeAnew(lagSeconds, [VIEW]);

/** An access entry of a role that was deleted and made again: it is deleted and made anew, and looks as it did. */
async function entryMadeAnew(lagSeconds = 0, policies: readonly string[] = []): Promise<Breakable> {
  const config = approving({
    mode: 'off',
    settings: [{ rule: 'no-tombstoned-access-entry', mode: 'approve' }],
  });
  const services = memoryServices(() => stage.simulation.clock.now());
  const stage = await repairStage(config, { services, delaySeconds: lagSeconds });
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
  simulation.clock.advance(60 + lagSeconds);
  const entry = { clusterName: 'prod', principalArn };
  /** Whole, whatever a repair that stopped left of it. */
  const furnish = async () => {
    await eks
      .send(new CreateAccessEntryCommand({ ...entry, kubernetesGroups: ['viewers'] }))
      .catch((error: Error) => expect(error.name).toBe('ResourceInUseException'));
    for (const policyArn of policies)
      await eks.send(
        new AssociateAccessPolicyCommand({ ...entry, policyArn, accessScope: { type: 'cluster' } }),
      );
  };
  await furnish();
  return {
    ...stage,
    lagSeconds,
    config,
    services,
    break: async () => {
      await furnish();
      simulation.clock.advance(60);
      await iam.send(new DeleteRoleCommand({ RoleName: 'ops' }));
      await make();
      simulation.clock.advance(60 + lagSeconds);
    },
    live: async () => {
      const { accessEntry } = await eks
        .send(new DescribeAccessEntryCommand(entry))
        .catch(() => ({ accessEntry: null }));
      const { associatedAccessPolicies = [] } = await eks
        .send(new ListAssociatedAccessPoliciesCommand(entry))
        .catch(() => ({ associatedAccessPolicies: [] }));
      const isWhole =
        accessEntry?.kubernetesGroups?.[0] === 'viewers' &&
        associatedAccessPolicies.map(({ policyArn }) => policyArn).join() === policies.join();
      return isWhole ? 'before and after' : 'neither';
    },
  };
}

/** What was sent to make an entry anew; of a way back, which may be sent again, each once in a row. */
const entriesIn = ({ records }: Crashed, steps: readonly string[]) =>
  records
    .filter((name) => /^(?:(?:Create|Delete)AccessEntry|(?:Dis|A)ssociateAccessPolicy)$/.test(name))
    .filter((name, index, all) => !steps.includes('roll-back') || name !== all[index - 1]);

describe.each<[string, Make, Verdict, string, readonly string[]]>([
  ['a trust policy', trust, 'verified', 'applied', []],
  ['a trust policy', trust, 'WorseError', 'rolled back', []],
  ['a trust policy', trust, 'UndecidedError', 'stopped', []],
  ['aws-auth', awsAuth, 'verified', 'applied', ['apply']],
  ['aws-auth', awsAuth, 'WorseError', 'rolled back', ['roll-back']],
  ['an access entry that is made anew', entryMadeAnew, 'verified', 'applied', ['apply']],
  ['an entry with its policy, made anew', entryWithPolicy, 'verified', 'applied', ['apply']],
  ['an entry with its policy, made anew', entryWithPolicy, 'WorseError', 'rolled back', ['roll-back']],
  ['a trust policy that is seen late', () => trust(90), 'verified', 'applied', ['apply']],
  ['a trust policy that is seen late', () => trust(90), 'WorseError', 'rolled back', ['roll-back']],
  [
    'an entry with its policy whose role is seen late',
    () => entryWithPolicy(90),
    'verified',
    'applied',
    ['apply'],
  ],
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
        // What was made anew by the run that died is not made anew once more; its way back may be sent twice.
        if (how !== 'refused')
          expect([call, how, ...entriesIn(result, steps)]).toEqual([call, how, ...entriesIn(clean, steps)]);
        ends.set(end ?? '', (ends.get(end ?? '') ?? 0) + 1);
      }
    }
    expect(ends.get(without)).toBeGreaterThan(0);
    stage.pipeline.close();
  }, 300_000);
});

const LATE: Fault = { kind: 'timeout', lateSeconds: 200 };
const LOST: Fault = { kind: 'timeout', applied: true };

/** What becomes of the writes of the workflow's role, of each action as often as said. */
const striking =
  (fault: Fault, times: number) =>
  ({ faults }: Simulation): void => {
    for (const action of WRITING) faults.on(action, { ...fault, times });
  };
const WRITING = [
  'iam:UpdateAssumeRolePolicy',
  'eks:CreateAccessEntry',
  'eks:DeleteAccessEntry',
  'eks:AssociateAccessPolicy',
  'eks:DisassociateAccessPolicy',
];

describe.each<[string, Make]>([
  ['a trust policy', trust],
  ['an entry with its policy, made anew', entryWithPolicy],
])('a repair of %s ends in one of four ways, and as it says, where', (_what, makeStage) => {
  it.each<[string, number, (simulation: Simulation) => void, Verdict, string[]]>([
    ['reads lag longer than a function is patient', 90, () => {}, 'verified', ['applied']],
    ['reads lag for ten minutes', 600, () => {}, 'verified', ['applied']],
    ['reads lag for ten minutes and it is taken back', 600, () => {}, 'WorseError', ['rolled back']],
    ['answers are lost', 0, striking(LOST, 6), 'verified', ['applied']],
    ['answers are lost and it is taken back', 0, striking(LOST, 6), 'WorseError', ['rolled back']],
    ['answers are lost and reads lag', 90, striking(LOST, 6), 'verified', ['applied']],
    ['requests arrive late', 0, striking(LATE, 3), 'verified', ['applied']],
    ['requests arrive late and it is taken back', 0, striking(LATE, 3), 'WorseError', ['rolled back']],
    ['requests arrive late and reads lag', 90, striking(LATE, 3), 'WorseError', ['rolled back']],
    ['no request arrives', 0, striking({ kind: 'timeout' }, 10_000), 'verified', ['stopped']],
    ['nobody can say whether it helped, and reads lag', 90, striking(LOST, 6), 'UndecidedError', ['stopped']],
  ])(
    '%s',
    async (_where, lagSeconds, strike, verdict, ends) => {
      const stage = await makeStage(lagSeconds);
      const run = await repairAgain(stage);
      const result = await run(verdict, null, strike);
      expect(ends, JSON.stringify({ ...result, seen: undefined })).toContain(endOf(result));
      stage.pipeline.close();
    },
    120_000,
  );
});
