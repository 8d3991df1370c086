import { expect, it } from 'vitest';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Cluster } from '../../../shared/estate/snapshot.ts';
import { agentRepair } from '../../../shared/identity/pod-identity-runtime.ts';
import { association, estateOf } from '../../../shared/rules/examples/estate.ts';
import { clusterWith } from '../../../shared/rules/examples/kubernetes.ts';

const agent = (ready: number) => ({
  namespace: 'kube-system',
  name: 'eks-pod-identity-agent',
  desired: 3,
  ready,
});
const addon = (status: string) => ({ addons: [{ name: 'eks-pod-identity-agent', status }] });
const repairOf = (agents: ReturnType<typeof agent>[], changes: Partial<Cluster>) => {
  const one = clusterWith({ agents }, { podIdentityAssociations: [association()], ...changes });
  const [view] = buildEstate(estateOf({ clusters: [one] })).clusters;
  if (view === undefined) throw new Error('there is one cluster');
  return agentRepair(view).text;
};

interface Case {
  readonly when: string;
  readonly agents: ReturnType<typeof agent>[];
  readonly changes: Partial<Cluster>;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    when: 'it is not there',
    agents: [],
    changes: { addons: [] },
    says: /^Install the agent: aws eks create-addon --cluster-name shop /,
  },
  {
    when: 'the add-on failed to install',
    agents: [],
    changes: addon('CREATE_FAILED'),
    says: /^Install the agent anew: aws eks create-addon/,
  },
  {
    when: 'it runs on no node',
    agents: [agent(0)],
    changes: addon('ACTIVE'),
    says: /ready on 0 of 3 nodes.*kubectl -n kube-system logs/,
  },
  {
    when: 'it runs on some nodes',
    agents: [agent(1)],
    changes: addon('ACTIVE'),
    says: /ready on 1 of 3 nodes.*\[fd00:ec2::23\]/,
  },
];

it.each(cases)('of an agent that does not work: $when', ({ agents, changes, says }) => {
  expect(repairOf(agents, changes)).toMatch(says);
});

it('never installs a second agent beside one that does not run', () => {
  expect(repairOf([agent(0)], addon('ACTIVE'))).not.toContain('create-addon');
});
