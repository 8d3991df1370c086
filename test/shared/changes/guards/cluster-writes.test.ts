import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../shared/changes/change.ts';
import { configuredClusters, decideClusterWrites } from '../../../../shared/changes/guards/cluster-writes.ts';
import { guardsOf } from '../../../../shared/changes/guards/guards-of.ts';
import { fixesSchema } from '../../../../shared/config/fixes.ts';
import { ACCOUNT, originOf, planOf, trustChange } from '../../../support/plans.ts';

const inCluster = { account: ACCOUNT, region: 'eu-west-1', cluster: 'prod' };
const ARN = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
const awsAuth: Change = { kind: 'aws-auth', target: inCluster, before: { data: {} }, after: null };
const annotation: Change = {
  kind: 'service-account-annotation',
  target: {
    ...inCluster,
    namespace: 'shop',
    serviceAccount: 'cart',
    annotation: 'eks.amazonaws.com/role-arn',
  },
  before: null,
  after: `arn:aws:iam::${ACCOUNT}:role/shop`,
};
const verdict = (change: Change, ...kubernetes: object[]) =>
  decideClusterWrites([change], configuredClusters(fixesSchema.parse({ kubernetes })));

describe('what is written to a cluster', () => {
  it.each<[string, Change, object[], boolean]>([
    ['aws-auth of a cluster whose ARN is named', awsAuth, [{ cluster: ARN }], true],
    ['aws-auth where no cluster is named', awsAuth, [], false],
    [
      'aws-auth of the same name in another region',
      awsAuth,
      [{ cluster: ARN.replace('west', 'east') }],
      false,
    ],
    [
      'aws-auth of the same name in another account',
      awsAuth,
      [{ cluster: ARN.replace('1111', '9999') }],
      false,
    ],
    [
      'aws-auth of a cluster whose name ends alike',
      awsAuth,
      [{ cluster: `${ARN.slice(0, -4)}x-prod` }],
      false,
    ],
    ['annotations where they are switched on', annotation, [{ cluster: ARN, annotations: true }], true],
    ['annotations where aws-auth alone may be written', annotation, [{ cluster: ARN }], false],
    ['whatever is not written to a cluster', trustChange(), [], true],
  ])('%s', (_what, change, kubernetes, allowed) => {
    expect(verdict(change, ...kubernetes).allowed).toBe(allowed);
  });

  it('is named by ARN: a name or a tag can be put on another cluster', () => {
    for (const cluster of ['prod', '*', `${ARN}*`, ARN.replace('aws', 'aws-*')])
      expect(fixesSchema.safeParse({ kubernetes: [{ cluster }] }).success).toBe(false);
  });
});

describe('an annotation', () => {
  const by = { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`, account: ACCOUNT, userId: 'AROA:a' };
  const ask = async (
    isApproved: boolean,
    change: Change,
    { after = [], refuses = false }: { after?: Change[]; refuses?: boolean } = {},
  ) => {
    const kept = {
      plan: planOf({ changes: [change, ...after] }),
      origin: originOf({ auto: { eligible: true } }),
    };
    const guards = guardsOf('p', kept, {
      fixes: fixesSchema.parse({ mode: 'auto' }),
      breakGlass: [],
      ownRoles: [],
      findingStatus: async () => 'open',
      tagsOf: async () => ({}),
      clusterRefusal: () => (refuses ? 'not from here' : null),
      now: () => new Date('2026-11-22T10:00:00Z'),
      store: {
        decision: async () =>
          isApproved ? { plan: 'p', verdict: 'approved', by, at: '2026-11-22T09:00:00.000Z' } : null,
        killSwitch: async () => ({ engaged: false, note: '' }),
        spend: async () => true,
        canary: async () => 'goes',
        plan: async () => kept,
        entries: async () => [],
      },
    });
    for (const guard of guards) {
      const answer = await guard(change, 0);
      if (!answer.allowed) return answer.reason;
    }
    return 'written';
  };

  it('is written where a person approved its plan, and by no mode alone', async () => {
    expect(await ask(true, annotation)).toBe('written');
    expect(await ask(false, annotation)).toContain('it sets an annotation');
    expect(await ask(false, awsAuth)).toBe('written');
  });

  it('keeps what its plan changes before it from being written in vain, and from being written by a mode', async () => {
    const trust = trustChange();
    expect(await ask(true, trust, { after: [annotation], refuses: true })).toBe('not from here');
    expect(await ask(true, trust, { refuses: true })).toBe('written');
    expect(await ask(false, trust, { after: [annotation] })).toContain('it sets an annotation');
    expect(await ask(false, trust)).toBe('written');
  });
});
