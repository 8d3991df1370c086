import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { diagnoseTrust } from '../../../shared/identity/diagnose.ts';
import { isEvidentlySound } from '../../../shared/rules/doors/evidently-sound.ts';
import {
  association,
  cluster,
  ISSUER,
  irsaStatement,
  type Json,
  podIdentityStatement,
  provider,
} from '../../../shared/rules/examples/estate.ts';
import { EC2, GITHUB, trusting } from '../../support/rule-estates.ts';

const subject = fc.constantFrom(
  'system:serviceaccount:shop:checkout',
  'system:serviceaccount:shop:*',
  'system:serviceaccount:Shop:x',
  'repo:x',
  '',
);
const key = fc.constantFrom(
  `${ISSUER}:sub`,
  `${ISSUER.toUpperCase()}:SUB`,
  `${ISSUER}:aud`,
  `${ISSUER}:amr`,
  'aws:SourceIp',
);
const audience = fc.constantFrom('sts.amazonaws.com', 'vault', 'STS.amazonaws.com');
const operator = fc.constantFrom(
  'StringEquals',
  'StringLike',
  'StringNotEquals',
  'StringEqualsIfExists',
  'ForAllValues:StringEquals',
);
const condition = fc.dictionary(
  operator,
  fc.dictionary(key, fc.oneof(subject, audience, fc.array(subject, { maxLength: 2 })), { maxKeys: 2 }),
  { maxKeys: 2 },
);
const web = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  Action: fc.constantFrom('sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', 'sts:*', 'sts:TagSession'),
  Condition: fc.oneof(
    condition,
    fc.constant({
      StringEquals: {
        [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout',
        [`${ISSUER}:aud`]: 'sts.amazonaws.com',
      },
    }),
  ),
});
const podKey = fc.constantFrom(
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:RequestTag/kubernetes-namespace',
  'aws:RequestTag/other',
);
const pod = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  Action: fc.constantFrom<Json>(['sts:AssumeRole', 'sts:TagSession'], 'sts:AssumeRole', 'sts:*'),
  Condition: fc.dictionary(
    operator,
    fc.dictionary(podKey, fc.constantFrom('111122223333', 'shop', 's*', ['$', '{aws:x}'].join('')), {
      maxKeys: 2,
    }),
    { maxKeys: 1 },
  ),
});
const statement: fc.Arbitrary<Json> = fc.oneof(
  web.map((changes) => irsaStatement(changes)),
  pod.map((changes) => podIdentityStatement(changes)),
  fc.constantFrom(EC2, GITHUB),
);

it('never hides a fault or an open question of the diagnosis', () => {
  let sound = 0;
  void fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      (statements, accepted, bound) => {
        const estate = buildEstate(
          trusting(statements, {
            oidcProviders: [provider({ clientIds: accepted ? ['sts.amazonaws.com'] : ['vault'] })],
            clusters: [cluster({ podIdentityAssociations: bound ? [association()] : [] })],
          }),
        );
        for (const role of estate.roles) {
          if (!isEvidentlySound(role, estate)) continue;
          sound += 1;
          expect(diagnoseTrust(role, estate)).toEqual({ faults: [], undecided: [] });
        }
      },
    ),
    { numRuns: 1500 },
  );
  expect(sound).toBeGreaterThan(20);
});
