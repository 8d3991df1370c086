import type { SimulatedKubernetes } from '../../simulator/kubernetes.ts';
import type { Simulation } from '../../simulator/simulation.ts';

/** Ids, versions and times that AWS makes anew for what is made anew. */
const MADE_BY_AWS = new Set([
  'accessEntryArn',
  'addonArn',
  'arn',
  'associatedAt',
  'associationArn',
  'associationId',
  'created',
  'createdAt',
  'externalId',
  'id',
  'modifiedAt',
  'podIdentityAssociations',
  'principalId',
  'resourceVersion',
  'updates',
]);

/**
 * Everything that a simulation holds, as text, but for what AWS makes anew: two pictures are equal when nothing differs
 * that anybody set.
 */
export async function pictureOf({ world }: Simulation, kubernetes?: SimulatedKubernetes): Promise<string> {
  const accounts = [...world.accounts.values()].map(({ id, iam, regions }) => ({
    account: id,
    roles: [...iam.live.roles.values()],
    providers: [...iam.live.providers.values()],
    clusters: [...regions.values()].flatMap(({ clusters }) =>
      [...clusters.values()].map((one) => ({
        ...one,
        associations: [...one.associations.live.values()],
      })),
    ),
  }));
  const objects: unknown[] = [];
  for (const { id, regions } of world.accounts.values()) {
    for (const region of regions.values()) {
      for (const name of region.clusters.keys()) {
        const endpoint = {
          account: id,
          region: region.name,
          name,
          arn: '',
          principal: '',
          partition: 'aws',
          credentials: () => Promise.reject(new Error('none')),
        };
        objects.push(await kubernetes?.read(endpoint));
      }
    }
  }
  return JSON.stringify({ accounts, objects }, plain, 1);
}

function plain(key: string, value: unknown): unknown {
  if (MADE_BY_AWS.has(key)) return undefined;
  if (value instanceof Map) return sorted([...value.values()]);
  if (Array.isArray(value)) return sorted(value);
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).sort())
    : value;
}

function sorted(values: readonly unknown[]): readonly unknown[] {
  const withText = values.map((value): [string, unknown] => [JSON.stringify(value, plain), value]);
  return withText.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
