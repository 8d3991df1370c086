import { expect, it } from 'vitest';
import type { Association, Role } from '../../../shared/estate/snapshot.ts';
import { accessDeniedOf, observing, refusedCall } from '../../../shared/rules/examples/denied.ts';
import {
  association,
  estateOf,
  type Json,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  POD_IDENTITY_VARIABLES,
  podGroup,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-untrusted-self-assumption.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';

const itself = (changes: Record<string, Json> = {}): Json => ({
  Effect: 'Allow',
  Principal: { AWS: ROLE_ARN },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  ...changes,
});
const told = (
  statements: Json[],
  variables: Record<string, string> = { AWS_ROLE_ARN: ROLE_ARN },
  changes: Partial<Association> = {},
  roles?: Role[],
) =>
  estateOf({
    clusters: [
      clusterWith(
        { pods: [podGroup({ containers: [container({ ...POD_IDENTITY_VARIABLES, ...variables })] })] },
        { podIdentityAssociations: [association(changes)] },
      ),
    ],
    roles: roles ?? [role({ trustPolicy: trustPolicy(podIdentityStatement(), ...statements) })],
  });
const { pods: _, ...withoutPods } = clusterWith().kubernetes ?? {};

ruleCases(rule, [
  {
    when: 'the role trusts Pod Identity alone',
    estate: told([]),
    is: 'fail',
    severity: 'low',
    says: /does not name the role itself/,
  },
  {
    when: 'it was seen to be refused',
    estate: observing(
      told([]),
      accessDeniedOf(refusedCall({ via: 'pod-identity', service: 'sts.amazonaws.com', call: 'AssumeRole' })),
    ),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'it trusts itself without sts:TagSession, and the session has tags',
    estate: told([itself({ Action: 'sts:AssumeRole' })]),
    is: 'fail',
  },
  {
    when: 'a condition depends on the request',
    estate: told([itself({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })]),
    is: 'unknown',
  },
  {
    when: 'the pods were not read',
    estate: estateOf({ clusters: [{ ...clusterWith(), kubernetes: withoutPods }] }),
    is: 'unknown',
  },
  { when: 'the role trusts itself', estate: told([itself()]), is: 'pass' },
  {
    when: 'it trusts its account',
    estate: told([itself({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } })]),
    is: 'pass',
  },
  {
    when: 'session tags are off, and it trusts itself for sts:AssumeRole',
    estate: told([itself({ Action: 'sts:AssumeRole' })], undefined, { disableSessionTags: true }),
    is: 'pass',
  },
  {
    when: 'AWS_ROLE_ARN names another role',
    estate: told([], { AWS_ROLE_ARN: `${ROLE_ARN}-other` }),
    is: 'not applicable',
  },
  {
    when: 'AWS_ROLE_ARN belongs to a web identity',
    estate: told([], { AWS_ROLE_ARN: ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE: '/t' }),
    is: 'not applicable',
  },
  {
    when: 'the webhook set AWS_ROLE_ARN, for IRSA',
    estate: estateOf({
      clusters: [clusterWith({ pods: [podGroup({ containers: [container(IRSA_VARIABLES)] })] })],
      roles: [role()],
    }),
    is: 'not applicable',
  },
  { when: 'nothing sets AWS_ROLE_ARN', estate: told([], {}), is: 'not applicable' },
]);

it('adds the role itself, with sts:TagSession where the session has tags', () => {
  expect(JSON.parse(onlyFailure(rule, told([])).repair?.after ?? '').Statement[1]).toEqual(itself());
});
