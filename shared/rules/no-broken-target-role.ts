import type { Role } from '../estate/snapshot.ts';
import { associationRule } from './association-rule.ts';
import {
  association,
  cluster,
  podIdentityStatement,
  ROLE_ARN,
  role,
  roleExample,
  trustPolicy,
} from './examples/estate.ts';
import { POD_IDENTITY_TARGET } from './references.ts';

/** Associations whose second hop fails: the target refuses the first role, or the first role may not ask. */
export default associationRule({
  number: 'PT-306',
  name: 'no-broken-target-role',
  fix: 'guarded',
  title: 'The first role cannot assume the target role',
  why: "EKS assumes the association's role and with it the target role. The target has to trust the first role, with the association's external id where it asks for one, and with sts:TagSession while session tags are on; the first role needs the permission to ask.",
  remedy:
    'Let the first role in by the trust policy of the target, and allow it sts:AssumeRole and sts:TagSession there.',
  references: [POD_IDENTITY_TARGET],
  examples: () => ({
    fails: targetExample('The target asks for an external id that the association does not have', {
      StringEquals: { 'sts:ExternalId': 'another' },
    }),
    passes: targetExample("The association's external id", {
      StringEquals: { 'sts:ExternalId': 'eu-west-1/111122223333/shop' },
    }),
  }),
});

const TARGET = 'arn:aws:iam::111122223333:role/orders';

function targetExample(title: string, condition: { StringEquals: Record<string, string> }) {
  const trust = trustPolicy({
    Effect: 'Allow',
    Principal: { AWS: ROLE_ARN },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: condition,
  });
  const target: Role = role({ arn: TARGET, trustPolicy: trust });
  const binding = association({ targetRoleArn: TARGET, externalId: 'eu-west-1/111122223333/shop' });
  const example = roleExample(title, trustPolicy(podIdentityStatement()), {
    roles: [target],
    clusters: [cluster({ podIdentityAssociations: [binding] })],
  });
  return { ...example, show: trust };
}
