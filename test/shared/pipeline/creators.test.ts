import { describe, expect, it } from 'vitest';
import type { Cluster, Snapshot } from '../../../shared/estate/snapshot.ts';
import { writeSnapshot } from '../../../shared/estate/write-snapshot.ts';
import { rememberCreators } from '../../../shared/pipeline/creators.ts';
import { memoryHistory } from '../../../shared/pipeline/history.ts';
import { cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import { memoryClaims, requestOf } from '../../support/pipeline.ts';

const ACCOUNT = '111122223333';
const CREATED = '2026-11-20T09:31:06Z';
const CREATOR = {
  arn: 'arn:aws:iam::111122223333:role/people/PlatformEngineer',
  session: 'alice@example.com',
  at: '2026-11-20T09:31:05.000Z',
};
const shop = (changes: Partial<Cluster> = {}): Snapshot =>
  estateOf({ clusters: [cluster({ created: CREATED, ...changes })] });
const creatorIn = (snapshot: Snapshot) => snapshot.accounts[0]?.regions?.[0]?.clusters?.[0]?.creator;
const [cause] = requestOf().causes;
if (cause === undefined) throw new Error('the request has no cause');
const creation = requestOf({
  scope: { kind: 'cluster', account: ACCOUNT, region: 'eu-west-1', cluster: 'shop' },
  causes: [{ ...cause, eventName: 'CreateCluster', time: CREATOR.at }],
});

async function remembered(now: Snapshot, before: Snapshot | string | null, requests = [requestOf()]) {
  const kept = new Map<string, string>();
  const history = memoryHistory();
  if (before !== null) {
    await history.keep(ACCOUNT, '2026-11-21T00:00:00Z', 'before');
    kept.set('before', typeof before === 'string' ? before : writeSnapshot(before));
  }
  return creatorIn(await rememberCreators(now, ACCOUNT, requests, { claims: memoryClaims(kept), history }));
}

describe('the pipeline knows who created a cluster', () => {
  it('from the event behind the request', async () => {
    expect(await remembered(shop(), null, [creation])).toEqual(CREATOR);
  });

  it('from the snapshot before, long after the event', async () => {
    expect(await remembered(shop(), shop({ creator: CREATOR }))).toEqual(CREATOR);
  });

  it.each([
    ['the cluster was made again', shop({ creator: CREATOR, created: '2026-10-01T00:00:00Z' })],
    ['it was another cluster', shop({ creator: CREATOR, name: 'other' })],
    ['it did not know either', shop()],
    ['nothing was kept', null],
    ['what was kept cannot be read', '{"schemaVersion":99}'],
  ])('not from the snapshot before when %s', async (_name, before) => {
    expect(await remembered(shop(), before)).toBeUndefined();
  });

  it('not from an event of other changes, nor of another cluster', async () => {
    const update = {
      ...creation,
      causes: [{ ...cause, eventName: 'UpdateClusterConfig', time: CREATOR.at }],
    };
    const other = {
      ...creation,
      scope: { kind: 'cluster' as const, account: ACCOUNT, region: 'eu-west-1', cluster: 'other' },
    };
    expect(await remembered(shop(), null, [update, other])).toBeUndefined();
  });

  it('keeps what was read', async () => {
    const read = { ...CREATOR, arn: 'arn:aws:iam::111122223333:user/bob' };
    expect(await remembered(shop({ creator: read }), shop({ creator: CREATOR }), [creation])).toEqual(read);
  });
});
