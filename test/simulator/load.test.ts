import { describe, expect, it } from 'vitest';
import { collect } from '../../shared/aws/collect.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { PLATFORM, STAGING, STAGING_SHOP } from '../../simulator/demo/places.ts';
import { simulationFrom } from '../../simulator/load.ts';

const read = (snapshot: Snapshot): Promise<Snapshot> => {
  const simulation = simulationFrom(snapshot);
  return collect({
    clients: simulation.clients({ account: PLATFORM.id }),
    accounts: snapshot.accounts.map(({ id }) => id),
    now: simulation.clock.now,
  });
};

describe('an organization loaded from a snapshot', () => {
  it('reads as the same snapshot again, and again', async () => {
    const once = await read(demoSnapshot());
    expect(await read(once)).toEqual(once);
  });

  it.each([
    ['eks:ListAddons', { region: STAGING_SHOP.region, cluster: STAGING_SHOP.name }],
    ['iam:GetAccountAuthorizationDetails', {}],
    ['iam:ListOpenIDConnectProviders', {}],
  ])('denies %s where the snapshot could not read it, and there alone', async (read_, place) => {
    const gap = { account: STAGING.id, ...place, read: read_, reason: 'AccessDenied' };
    const { coverage } = await read({ ...demoSnapshot(), coverage: [gap] });
    expect(coverage.map(({ reason: _, ...where }) => where)).toEqual([
      { account: STAGING.id, ...place, read: read_ },
    ]);
  });
});
