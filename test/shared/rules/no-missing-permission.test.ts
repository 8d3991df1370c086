import { expect, it } from 'vitest';
import type { RefusedCall, Snapshot } from '../../../shared/estate/snapshot.ts';
import { accessDeniedOf, observing, refusedCall } from '../../../shared/rules/examples/denied.ts';
import { irsaStatement, podIdentityStatement, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-missing-permission.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { DATA, EC2, inline, trusting, UNREAD, without } from '../../support/rule-estates.ts';

const config = {
  expectations: [{ role: ROLE_ARN, actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/1'] }],
};
const denied = {
  ...inline('s3:*', '*'),
  name: 'deny',
  document: inline('s3:*', '*').document.replace('Allow', 'Deny'),
};

/** The examples are read at midnight. */
const JUST_NOW = '2026-11-21T23:55:00Z';
const LONG_THE_SAME = { changed: { after: '2026-11-10T00:00:00Z', before: '2026-11-20T00:00:00Z' } };
const REPAIRED = { changed: { after: '2026-11-21T19:30:00Z' } };
const BUCKET = {
  service: 's3.amazonaws.com',
  call: 'GetBucketAcl',
  action: 's3:GetBucketAcl',
  code: 'AccessDenied',
};
const lacking = (call: RefusedCall, ...keys: (keyof RefusedCall)[]): RefusedCall =>
  Object.fromEntries(
    Object.entries(call).filter(([key]) => !keys.some((one) => one === key)),
  ) as unknown as RefusedCall;
const asked = (call: RefusedCall, role: Parameters<typeof trusting>[1] = {}): Snapshot =>
  observing(trusting([irsaStatement()], role), accessDeniedOf(call));
const granting = (action: string, resource = '*') => ({
  role: { inlinePolicies: [inline(action, resource)] },
});

ruleCases(rule, [
  {
    when: 'another bucket is granted',
    estate: trusting([irsaStatement()], {
      role: { inlinePolicies: [inline('s3:GetObject', 'arn:aws:s3:::other/*')] },
    }),
    is: 'fail',
    config,
    severity: 'medium',
  },
  {
    when: 'a Deny takes it back',
    estate: trusting([irsaStatement()], { role: { inlinePolicies: [inline('s3:*', '*'), denied] } }),
    is: 'fail',
    config,
  },
  { when: 'it is granted', estate: trusting([irsaStatement()], { role: DATA }), is: 'pass', config },
  {
    when: 'a policy was not read',
    estate: trusting([irsaStatement()], { role: UNREAD }),
    is: 'unknown',
    config,
  },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown', config },
  { when: 'nothing is expected', estate: trusting([EC2]), is: 'not applicable' },
  {
    when: 'a call was refused, and no policy of the role allows it now',
    estate: asked(refusedCall()),
    is: 'fail',
    severity: 'low',
    says: /were refused ec2:DescribeInstances .*counted: 12, last on 2026-11-21T19:00:00Z; from the events of the pipeline since 2026-11-01T00:00:00Z\): none of its policies allows it/,
  },
  {
    when: 'the message named no action, and the call is one whose action has its name',
    estate: asked(lacking(refusedCall(), 'action', 'policy', 'explicitDeny')),
    is: 'fail',
    says: /ec2:DescribeInstances/,
  },
  {
    when: 'the message named no action, and what the call asks for is not known',
    estate: asked(
      lacking(refusedCall({ service: 'apigateway.amazonaws.com', call: 'GetRestApis' }), 'action', 'policy'),
    ),
    is: 'unknown',
    says: /GetRestApis of apigateway.amazonaws.com was refused/,
  },
  {
    when: 'it is allowed now, and the policies were changed since it was refused',
    estate: asked(refusedCall(REPAIRED), granting('ec2:Describe*')),
    is: 'pass',
  },
  {
    when: 'it is allowed now, and whether it was before is not known',
    estate: asked(refusedCall({ last: JUST_NOW }), granting('ec2:Describe*')),
    is: 'unknown',
    says: /its policies allow the action/,
  },
  {
    when: 'it was allowed all the time, and an organization policy refused it',
    estate: asked(
      refusedCall({ ...LONG_THE_SAME, policy: 'service-control', explicitDeny: true }),
      granting('ec2:*'),
    ),
    is: 'unknown',
    says: /AWS said: a Deny of a service control policy/,
  },
  {
    when: 'it was allowed all the time, and AWS gave no reason',
    estate: asked(lacking(refusedCall({ ...LONG_THE_SAME }), 'policy', 'explicitDeny'), granting('ec2:*')),
    is: 'unknown',
    says: /What podtrust does not see/,
  },
  {
    when: 'the policies change, and still do not allow it',
    estate: asked(refusedCall(REPAIRED), granting('ec2:StartInstances')),
    is: 'fail',
  },
  {
    when: 'some buckets are granted, AWS blamed the policies of the role, and they are what they were',
    estate: asked(refusedCall({ ...BUCKET, ...LONG_THE_SAME }), granting('s3:*', 'arn:aws:s3:::orders')),
    is: 'fail',
    says: /no identity-based policy allows it, and none of its policies was changed since/,
  },
  {
    when: 'some buckets are granted, and the policies were changed since',
    estate: asked(refusedCall({ ...BUCKET, ...REPAIRED }), granting('s3:*', 'arn:aws:s3:::orders')),
    is: 'pass',
  },
  {
    when: 'some buckets are granted, and which one was asked for is not known',
    estate: asked(
      lacking(refusedCall({ ...BUCKET, ...LONG_THE_SAME }), 'policy', 'explicitDeny'),
      granting('s3:*', 'arn:aws:s3:::orders'),
    ),
    is: 'unknown',
    says: /for some resources or requests/,
  },
  {
    when: 'no policy of the role allows it, and that of the bucket may by now',
    estate: asked(refusedCall(BUCKET)),
    is: 'unknown',
    says: /the policy of a resource may allow it by now/,
  },
  {
    when: 'no policy of the role allows it, and it was refused minutes ago',
    estate: asked(refusedCall({ ...BUCKET, last: JUST_NOW })),
    is: 'fail',
  },
  {
    when: 'a Deny of the role refuses it, whatever other policies allow',
    estate: asked(refusedCall(BUCKET), { role: { inlinePolicies: [inline('s3:*', '*'), denied] } }),
    is: 'fail',
    says: /a Deny of its own policies refuses it/,
  },
  {
    when: 'a policy of the role was not read',
    estate: asked(refusedCall(), { role: UNREAD }),
    is: 'unknown',
    says: /was not read/,
  },
  {
    when: 'the role is gone',
    estate: observing(
      trusting([irsaStatement()]),
      accessDeniedOf(refusedCall({ role: 'arn:aws:iam::111122223333:role/gone' })),
    ),
    is: 'pass',
  },
  {
    when: 'the role is of an account that was not read',
    estate: observing(
      trusting([irsaStatement()]),
      accessDeniedOf(refusedCall({ role: 'arn:aws:iam::999999999999:role/x' })),
    ),
    is: 'unknown',
  },
  {
    when: 'the role was made again since',
    estate: asked(refusedCall(), {
      role: { created: '2026-11-21T20:00:00Z', inlinePolicies: [inline('ec2:*', '*')] },
    }),
    is: 'pass',
  },
  {
    when: 'somebody named a session like a pod, of a role that is for no pods',
    estate: observing(trusting([EC2]), accessDeniedOf(refusedCall({ via: 'pod-identity' }))),
    is: 'pass',
  },
  {
    when: 'a pod with an association was refused',
    estate: observing(
      trusting([podIdentityStatement()]),
      accessDeniedOf(refusedCall({ via: 'pod-identity' })),
    ),
    is: 'fail',
  },
  {
    when: 'the last refusal is two days old',
    estate: asked(refusedCall({ last: '2026-11-19T23:00:00Z' })),
    is: 'pass',
  },
  {
    when: 'only a part of the refusals is known',
    estate: observing(trusting([irsaStatement()]), {
      accessDenied: {
        source: 'cloudtrail-sample',
        since: '2026-11-21T20:00:00Z',
        complete: false,
        gap: 'the newest 500 events of a region',
        calls: [],
      },
    }),
    is: 'unknown',
    says: /a sample of CloudTrail's event history since .*of which some are missing: the newest 500 events/,
  },
]);

it('tells where it knows a refusal from, and one call of a role from another', () => {
  const snapshot = asked(refusedCall());
  const failure = onlyFailure(rule, snapshot);
  expect(failure.evidence).toMatchObject({
    action: 'ec2:DescribeInstances',
    count: 12,
    last: '2026-11-21T19:00:00Z',
    source: 'pipeline',
    since: '2026-11-01T00:00:00Z',
    complete: true,
  });
  const other = onlyFailure(rule, asked(refusedCall({ call: 'RunInstances', action: 'ec2:RunInstances' })));
  expect(other.identity).not.toEqual(failure.identity);
});
