import { asCaller } from '../../shared/aws/changes/enter.ts';
import { collect } from '../../shared/aws/collect.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { ClusterObjects } from '../../shared/kube/changes/objects.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { PLATFORM } from '../../simulator/demo/places.ts';
import { kubernetesOf } from '../../simulator/kubernetes.ts';
import { simulationFrom } from '../../simulator/load.ts';
import { Desk, simulatedWorld } from './changes.ts';
import { pictureOf } from './picture.ts';

/**
 * The demo organization with everything that it takes to read it, to write to it and to look at it. `wrote` hears of each
 * write that reaches a cluster's Kubernetes API.
 */
export const demoStage = (wrote?: () => void) => stageOf(demoSnapshot(), PLATFORM.id, wrote);

/** The same for any estate, which an account of it reads. */
export function stageOf(from: Snapshot, reader: string, wrote: () => void = () => undefined) {
  const simulation = simulationFrom(from);
  const kubernetes = kubernetesOf(from);
  const read = async (): Promise<Snapshot> => {
    const snapshot = await collect({
      clients: simulation.clients({ account: reader }),
      accounts: from.accounts.map(({ id }) => id).filter((id) => id !== reader),
      now: simulation.clock.now,
      kubernetes: kubernetes.read,
    });
    return { ...snapshot, organization: { complete: true } };
  };
  let desks = 0;
  /** Each desk is a plan of its own to AWS, which answers a request that it knows as it did before. */
  const deskFor = ({ changes: [first] }: Pick<Plan, 'changes'>) =>
    new Desk(
      simulatedWorld(simulation, first?.target.account ?? '', {
        plan: String(desks++).padStart(64, '0'),
        // Whoever applies a plan over several accounts comes into each of them.
        enter: (account, policy) =>
          asCaller(
            simulation.clients({ account, principal: `arn:aws:iam::${account}:role/admin`, maxAttempts: 2 }),
            account,
          )(account, policy),
        kubernetes: async (cluster) => heard(kubernetes.objects(cluster), wrote),
        annotates: true,
      }),
      simulation,
    );
  return { simulation, read, deskFor, picture: () => pictureOf(simulation, kubernetes) };
}

function heard(objects: ClusterObjects, wrote: () => void): ClusterObjects {
  const writes = {
    createConfigMap: objects.createConfigMap,
    patchConfigMap: objects.patchConfigMap,
    deleteConfigMap: objects.deleteConfigMap,
    annotateServiceAccount: objects.annotateServiceAccount,
  };
  const told = Object.entries(writes).map(([name, write]) => [
    name,
    (...given: unknown[]) => {
      wrote();
      return Reflect.apply(write, objects, given);
    },
  ]);
  return { ...objects, ...Object.fromEntries(told) };
}
