import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { laneKey, laneOf, laneSchema, turnOf } from '../../../shared/pipeline/lane.ts';
import {
  describeScope,
  type Scope,
  scopeKey,
  scopeSchema,
  scopesOf,
} from '../../../shared/pipeline/scope.ts';
import { readTrigger } from '../../../shared/triggers/read-trigger.ts';
import { sample, samples } from '../../support/event-samples.ts';

const ACCOUNT = '111122223333';
const SHOP = `cluster/${ACCOUNT}/eu-west-1/shop`;
const ISSUER = `issuer/${ACCOUNT}/oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9`;

function scopes(name: string): readonly Scope[] {
  const reading = readTrigger(sample(name));
  return reading.outcome === 'trigger' ? scopesOf(reading.trigger) : [];
}

describe('an event asks to judge', () => {
  it.each<[string, string[]]>([
    ['UpdateAssumeRolePolicy/success', [`role/${ACCOUNT}/payments-api`]],
    ['DeleteRole/success', [`role/${ACCOUNT}/payments-api`]],
    ['AttachRolePolicy/success', [`role/${ACCOUNT}/payments-api`]],
    ['CreatePolicyVersion/success', [`policy/${ACCOUNT}/arn:aws:iam::${ACCOUNT}:policy/teams/orders`]],
    ['DeleteOpenIDConnectProvider/success', [ISSUER]],
    ['CreateCluster/success', [SHOP, `role/${ACCOUNT}/shop-cluster`]],
    ['DeleteCluster/success', [SHOP, ISSUER]],
    ['DeleteAddon/success', [SHOP]],
    ['UpdateAddon/success', [SHOP, `role/${ACCOUNT}/ebs-csi`, `role/${ACCOUNT}/ebs-csi-pods`]],
    ['CreatePodIdentityAssociation/success', [SHOP, `role/${ACCOUNT}/payments-api`]],
    [
      'CreatePodIdentityAssociation/other-key',
      [SHOP, `role/${ACCOUNT}/payments-api`, `role/444455556666/payments-data`],
    ],
    ['DeletePodIdentityAssociation/without-answer', [SHOP]],
    ['AssociateAccessPolicy/success', [SHOP]],
    ['UpdateAssumeRolePolicy/without-parameters', [`account/${ACCOUNT}`]],
    ['AssumeRoleWithWebIdentity/failure', []],
    ['AssumeRoleForPodIdentity/failure', []],
  ])('%s', (name, expected) => {
    expect(scopes(name).map(scopeKey)).toEqual(expected);
  });
});

const all = [...samples.keys()].flatMap(scopes);

describe('every scope of every sample', () => {
  it('is one that a state machine can carry and name', () => {
    expect(all.length).toBeGreaterThan(60);
    for (const scope of all) {
      expect(scopeSchema.parse(scope)).toEqual(scope);
      expect(laneSchema.parse(laneOf(scope))).toEqual(laneOf(scope));
      expect(turnOf(laneOf(scope), 2_000_000_000, sha256).name).toMatch(/^[\w-]{1,80}$/);
      expect(describeScope(scope)).toContain(scope.account);
    }
  });
});

it('two scopes share a name only when they are the same', () => {
  const name = fc.constantFrom('shop', 'Shop', 'shop-eu', 'eu-west-1');
  const region = fc.constantFrom('eu-west-1', 'eu-west-2');
  const account = fc.constantFrom(ACCOUNT, '444455556666');
  const scope: fc.Arbitrary<Scope> = fc.oneof(
    fc.record({ kind: fc.constant('role' as const), account, role: name }),
    fc.record({ kind: fc.constant('cluster' as const), account, region, cluster: name }),
    fc.record({ kind: fc.constant('account' as const), account }),
  );
  const normal = (one: Scope): Scope =>
    one.kind === 'role' ? { ...one, role: one.role.toLowerCase() } : one;
  fc.assert(
    fc.property(scope, scope, (a, b) => {
      const same = JSON.stringify(normal(a)) === JSON.stringify(normal(b));
      expect(scopeKey(a) === scopeKey(b)).toBe(same);
      const [one, other] = [laneOf(a), laneOf(b)];
      expect(turnOf(one, 1, sha256).name === turnOf(other, 1, sha256).name).toBe(
        laneKey(one) === laneKey(other),
      );
    }),
    { numRuns: 500 },
  );
});
