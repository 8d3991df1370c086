import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../../../shared/aws/changes/index.ts';
import type { Grant } from '../../../../shared/aws/changes/permissions.ts';
import { LONGEST_SESSION_POLICY, sessionPolicy } from '../../../../shared/aws/changes/session-policy.ts';
import { readGrants, writeGrants } from '../../../../shared/aws/changes/world.ts';
import { declaredCalls } from '../../../../shared/aws/changes/write-role-policy.ts';
import type { Change, ChangeKind, ChangeOf } from '../../../../shared/changes/change.ts';
import { compile } from '../../../../shared/iam/compile.ts';
import { decide } from '../../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../../shared/iam/parse.ts';
import { type Needed, neededFor } from '../../../../simulator/authorization.ts';
import {
  ACCOUNT,
  createStage,
  KINDS,
  type KindCase,
  REGION,
  type Stage,
} from '../../../support/change-kinds.ts';
import { Desk, simulatedWorld } from '../../../support/changes.ts';
import { pictureOf } from '../../../support/picture.ts';
import { enterByWriteRole, writeRoleText } from '../../../support/write-role.ts';
import '../../../support/fixed-seed.ts';

const ROLE = writeRoleText({ account: ACCOUNT });

function allows(text: string, { action, resource, keys }: Needed): boolean {
  const { policy, problems } = parsePolicy(text, 'identity');
  if (policy === null) throw new Error(JSON.stringify(problems));
  return (
    decide(compile(policy), {
      caller: { kind: 'aws', arn: `arn:aws:iam::${ACCOUNT}:role/podtrust-write`, account: ACCOUNT },
      action,
      resource,
      context: (key) => (keys[key] === undefined ? 'absent' : [keys[key]]),
    }) === 'allowed'
  );
}

function grants<K extends ChangeKind>(kind: K, change: ChangeOf<K>): Grant[] {
  return [...readGrants(ADAPTERS[kind], change), ...writeGrants(ADAPTERS[kind], change, null)];
}
const policiesOf = (change: Change): string[] => {
  const both = grants(change.kind, change);
  const read = readGrants<ChangeKind>(ADAPTERS[change.kind] as never, change);
  return [sessionPolicy(read), sessionPolicy(both.slice(read.length))];
};

describe.each(KINDS.map((kind): [string, KindCase] => [kind.name, kind]))(
  'through the write role, %s',
  (_name, kind) => {
    let stage: Stage;
    let desk: Desk;
    let before: string;
    let change: Change;
    const policies: string[] = [];

    beforeAll(async () => {
      stage = await createStage();
      await kind.prepare?.(stage);
      stage.simulation.clock.advance(600);
      const enter = await enterByWriteRole(stage.simulation, ACCOUNT);
      const world = simulatedWorld(stage.simulation, ACCOUNT, {
        enter: (account, policy) => {
          policies.push(policy);
          return enter(account, policy);
        },
        kubernetes: async (cluster) => stage.kubernetes.objects(cluster),
        annotates: true,
      });
      desk = new Desk(world, stage.simulation);
      before = await pictureOf(stage.simulation, stage.kubernetes);
      change = kind.change(stage);
    });

    it('is applied and undone with sessions that the simulated services hold to their policy', async () => {
      expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
      if (kind.irreversible) return;
      expect(await desk.undo([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
      expect(await pictureOf(stage.simulation, stage.kubernetes)).toBe(before);
      expect(policies.every((text) => text.length <= LONGEST_SESSION_POLICY)).toBe(true);
    });

    it('can do none of what another change of the same kind would need', () => {
      const elsewhere: Needed[] = [
        {
          action: 'iam:UpdateAssumeRolePolicy',
          resource: `arn:aws:iam::${ACCOUNT}:role/team/web/other`,
          keys: {},
        },
        { action: 'iam:PassRole', resource: `arn:aws:iam::${ACCOUNT}:role/other`, keys: {} },
        {
          action: 'iam:DeleteOpenIDConnectProvider',
          resource: `arn:aws:iam::${ACCOUNT}:oidc-provider/other`,
          keys: {},
        },
        ...[...new Set(declaredCalls().flatMap(({ actions }) => actions))].flatMap((action) =>
          [
            'cluster/other',
            'podidentityassociation/other/a-1',
            'addon/other/x/1',
            'access-entry/other/role/1/x/1',
          ].map((resource) => ({
            action,
            resource: `arn:aws:eks:${REGION}:${ACCOUNT}:${resource}`,
            keys: {},
          })),
        ),
      ];
      for (const text of policies) {
        for (const one of elsewhere) expect(allows(text, one), `${one.action} ${one.resource}`).toBe(false);
      }
    });

    it('can do nothing but what its kind declares, and the role allows all of that', () => {
      const declared = Object.values(ADAPTERS[kind.kind].permissions).flat();
      const names = new Set<string>(declared.flatMap(({ actions }) => actions));
      for (const text of policies) {
        const given = JSON.parse(text).Statement.flatMap(
          ({ Action }: { Action: string | string[] }) => Action,
        );
        expect(given.filter((action: string) => !names.has(action))).toEqual([]);
        expect(given.join()).not.toContain('*');
      }
    });
  },
);

describe('a session of one change', () => {
  it('creates the entry of its principal alone, and associates its policy alone', () => {
    const entry = KINDS.find(({ name }) => name === 'an access entry that is missing');
    const change = entry?.change({} as Stage);
    if (change?.kind !== 'access-entry') throw new Error('no case');
    const text = policiesOf(change)[1] ?? '';
    const create = (principal: string): Needed => ({
      action: 'eks:CreateAccessEntry',
      resource: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop`,
      keys: { 'eks:principalarn': principal },
    });
    expect(allows(text, create(change.target.principal))).toBe(true);
    expect(allows(text, create('arn:aws:iam::111122223333:role/attacker'))).toBe(false);
    expect(allows(text, { ...create(''), keys: {} })).toBe(false);
  });

  it('changes the authentication mode of its cluster, and nothing else of its configuration', () => {
    const change: Change = {
      kind: 'authentication-mode',
      target: { account: ACCOUNT, region: REGION, cluster: 'shop' },
      before: 'API_AND_CONFIG_MAP',
      after: 'API',
    };
    const text = policiesOf(change)[1] ?? '';
    const update = (keys: Record<string, string>): Needed => ({
      action: 'eks:UpdateClusterConfig',
      resource: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop`,
      keys,
    });
    expect(allows(text, update({ 'eks:authenticationmode': 'API' }))).toBe(true);
    expect(allows(text, update({ 'eks:endpointpublicaccess': 'true' }))).toBe(false);
    expect(allows(ROLE, update({ 'eks:endpointpublicaccess': 'true' }))).toBe(false);
    expect(allows(ROLE, update({ 'eks:authenticationmode': 'API' }))).toBe(true);
  });

  it('is refused rather than widened when a plan names what no AWS resource is called', () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '*',
        'a*',
        '?',
        '$'.concat('{aws:username}'),
        'a/b',
        '',
        'a"b',
        'shop\n',
        'é',
        '../x',
        'a'.repeat(101),
      ),
      fc.string({ maxLength: 60 }),
    );
    const roleOf = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    const changes = (name: string): Change[] => [
      { kind: 'trust-policy', target: { account: ACCOUNT, arn: roleOf(name) }, before: 'a', after: 'b' },
      { kind: 'trust-policy', target: { account: ACCOUNT, arn: name }, before: 'a', after: 'b' },
      {
        kind: 'oidc-provider',
        target: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${name}` },
        before: null,
        after: { url: `https://${name}`, clientIds: [] },
      },
      {
        kind: 'pod-identity-association',
        target: { account: ACCOUNT, region: REGION, cluster: name, namespace: name, serviceAccount: name },
        before: null,
        after: { roleArn: roleOf(name) },
      },
      {
        kind: 'pod-identity-association',
        target: { account: ACCOUNT, region: name, cluster: 'shop', namespace: name, serviceAccount: name },
        before: { roleArn: roleOf('a') },
        after: { roleArn: roleOf('b') },
      },
      {
        kind: 'addon',
        target: { account: ACCOUNT, region: REGION, cluster: 'shop', addon: name },
        before: null,
        after: { serviceAccountRoleArn: roleOf(name) },
      },
      {
        kind: 'access-entry',
        target: { account: ACCOUNT, region: REGION, cluster: 'shop', principal: roleOf(name) },
        before: null,
        after: { type: 'STANDARD', groups: [] },
      },
      {
        kind: 'access-policy',
        target: {
          account: ACCOUNT,
          region: REGION,
          cluster: 'shop',
          principal: roleOf('a'),
          policy: `arn:aws:eks::aws:cluster-access-policy/${name}`,
        },
        before: null,
        after: { type: 'cluster' },
      },
    ];
    let refused = 0;
    let given = 0;
    fc.assert(
      fc.property(hostile, (name) => {
        for (const change of changes(name)) {
          let texts: string[];
          try {
            texts = policiesOf(change);
          } catch (error) {
            expect(error).toMatchObject({ name: 'UnsafeTargetError' });
            refused += 1;
            continue;
          }
          given += 1;
          for (const text of texts) {
            expect(text.length).toBeLessThanOrEqual(LONGEST_SESSION_POLICY);
            for (const resource of [
              `arn:aws:iam::${ACCOUNT}:role/somebody`,
              `arn:aws:iam::${ACCOUNT}:oidc-provider/somebody`,
              `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/somebody`,
              `arn:aws:eks:${REGION}:${ACCOUNT}:addon/shop/somebody/1`,
            ]) {
              for (const action of new Set(declaredCalls().flatMap(({ actions }) => actions)))
                expect(allows(text, { action, resource, keys: {} })).toBe(false);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(refused, given)).toBeGreaterThan(100);
  });

  it('fits what STS takes with the longest names that AWS gives, and is refused where many roles are passed', () => {
    const long = (name: string) =>
      `arn:aws-us-gov:iam::${ACCOUNT}:role/${'p'.repeat(510)}/${name.repeat(64)}`;
    const region = 'us-gov-west-1';
    const cluster = 'c'.repeat(100);
    const target = { account: ACCOUNT, region, cluster };
    const owner = `arn:aws-us-gov:eks:${region}:${ACCOUNT}:addon/${cluster}/${'a'.repeat(100)}/1-2-3`;
    const pair = { namespace: 'n'.repeat(63), serviceAccount: 's'.repeat(253) };
    const fitting: Change[] = [
      { kind: 'trust-policy', target: { account: ACCOUNT, arn: long('r') }, before: 'a', after: 'b' },
      {
        kind: 'oidc-provider',
        target: { account: ACCOUNT, arn: `arn:aws-us-gov:iam::${ACCOUNT}:oidc-provider/${'u'.repeat(255)}` },
        before: null,
        after: { url: 'https://u', clientIds: [] },
      },
      {
        kind: 'pod-identity-association',
        target: { ...target, ...pair },
        before: { roleArn: long('a'), ownerArn: owner },
        after: { roleArn: long('b'), ownerArn: owner },
      },
      {
        kind: 'addon',
        target: { ...target, addon: 'a'.repeat(100) },
        before: {},
        after: { serviceAccountRoleArn: long('b') },
      },
      {
        kind: 'access-entry',
        target: { ...target, principal: long('p') },
        before: null,
        after: { type: 'STANDARD', groups: [], tags: { a: 'b' } },
      },
      {
        kind: 'access-policy',
        target: {
          ...target,
          principal: long('p'),
          policy: `arn:aws-us-gov:eks::aws:cluster-access-policy/${'A'.repeat(128)}`,
        },
        before: null,
        after: { type: 'cluster' },
      },
      { kind: 'aws-auth', target, before: null, after: { data: {} } },
      { kind: 'authentication-mode', target, before: 'CONFIG_MAP', after: 'API_AND_CONFIG_MAP' },
    ];
    for (const change of fitting) {
      for (const text of policiesOf(change))
        expect(text.length, change.kind).toBeLessThanOrEqual(LONGEST_SESSION_POLICY);
    }
    const many = ['a', 'b', 'c', 'd'].map((name) => ({ serviceAccount: name, roleArn: long(name) }));
    const passing: Change = {
      kind: 'addon',
      target: { ...target, addon: 'agent' },
      before: {},
      after: { podIdentityAssociations: many },
    };
    expect(() => policiesOf(passing)).toThrow('STS takes 2048');
  });

  it('knows what a call asks for', () => {
    const account = { id: ACCOUNT, partition: 'aws' };
    const call = { account, region: { name: REGION, clusters: new Map() } } as never;
    const asked = neededFor(call, 'eks', 'CreatePodIdentityAssociation', {
      clusterName: 'shop',
      roleArn: 'arn:r',
    });
    expect(asked.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `eks:CreatePodIdentityAssociation arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop`,
      'iam:GetRole arn:r',
      'iam:PassRole arn:r',
    ]);
  });
});
