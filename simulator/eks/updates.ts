import type * as eks from '@aws-sdk/client-eks';
import type { Update, UpdateParam, UpdateType } from '@aws-sdk/client-eks';
import { type Call, type Operations, read } from '../operation.ts';
import type { ClusterState } from '../state.ts';
import { notFound } from './errors.ts';
import { clusterOf, eksPage } from './lookup.ts';

/** Books an update of a cluster; `done` runs when it is through. */
export function startUpdate(
  call: Call,
  cluster: ClusterState,
  type: UpdateType,
  params: readonly UpdateParam[],
  done: () => void,
): Update {
  const update: Update = {
    id: call.world.ids.uuid(),
    status: 'InProgress',
    type,
    params: [...params],
    createdAt: call.now,
    errors: [],
  };
  cluster.updates.set(update.id ?? '', update);
  const answer = { ...update };
  call.world.clock.after(call.world.settings.updateSeconds, () => {
    update.status = 'Successful';
    done();
  });
  return answer;
}

/** Reading updates. */
export const updateOperations: Operations<typeof eks> = {
  DescribeUpdate: read((call, { name, updateId }) => {
    const update = clusterOf(call, name).updates.get(updateId ?? '');
    if (update === undefined) throw notFound(`No update found for ID: ${updateId}`);
    return { update: { ...update } };
  }),
  ListUpdates: read((call, input) => {
    const { items, nextToken } = eksPage(call, [...clusterOf(call, input.name).updates.keys()], input);
    return { updateIds: items, nextToken };
  }),
};
