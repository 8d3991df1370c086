import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import podFailure from '../../../events/AssumeRoleForPodIdentity/failure.json' with { type: 'json' };
import webFailure from '../../../events/AssumeRoleWithWebIdentity/failure.json' with { type: 'json' };
import { readRefusedCall } from '../../../shared/triggers/refused-call.ts';
import { POD_SESSION, refusedCallEvent } from '../../support/refused-call-event.ts';

describe('a call that a pod was refused', () => {
  it('is read with the role, the call, and what AWS said of action and policy', () => {
    expect(readRefusedCall(refusedCallEvent())).toMatchObject({
      account: '111122223333',
      roleArn: 'arn:aws:iam::111122223333:role/pods/payments-api',
      via: 'web-identity',
      action: 'ec2:DescribeInstances',
      policy: 'identity-based',
      explicitDeny: false,
      failure: { code: 'Client.UnauthorizedOperation' },
      event: { service: 'ec2.amazonaws.com', name: 'DescribeInstances', region: 'eu-west-1' },
    });
  });

  it('keeps nothing else of the message', () => {
    expect(JSON.stringify(readRefusedCall(refusedCallEvent()))).not.toMatch(/not authorized|errorMessage/);
  });

  it('is a pod with an association by the name that EKS gives the session', () => {
    expect(readRefusedCall(refusedCallEvent({ provider: null, session: POD_SESSION }))?.via).toBe(
      'pod-identity',
    );
  });

  it.each([
    ['AccessDenied', true],
    ['AccessDeniedException', true],
    ['UnauthorizedOperation', true],
    ['AuthorizationErrorException', true],
    ['ThrottlingException', false],
    ['ValidationException', false],
    ['ExpiredTokenException', false],
  ])('with the code %s: %s', (errorCode, read) => {
    expect(readRefusedCall(refusedCallEvent({ detail: { errorCode } })) !== null).toBe(read);
  });

  it.each<[string, object]>([
    ['a call that was answered', refusedCallEvent({ detail: { errorCode: undefined } })],
    [
      'GitHub with a web identity',
      refusedCallEvent({
        provider: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
      }),
    ],
    [
      'GitHub that names its session as EKS does',
      refusedCallEvent({
        session: POD_SESSION,
        provider: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
      }),
    ],
    ['a person', refusedCallEvent({ provider: null, session: 'alice@example.com' })],
    ['a session that only begins as EKS names them', refusedCallEvent({ provider: null, session: 'eks-1' })],
    ['a node', refusedCallEvent({ provider: null, session: 'i-064d0000000000000' })],
    ['a user', refusedCallEvent({ detail: { userIdentity: { type: 'IAMUser', userName: 'x' } } })],
    ['a role that is none', refusedCallEvent({ role: 'arn:aws:iam::111122223333:user/x' })],
    ['a service that is none', refusedCallEvent({ detail: { eventSource: 'a b' } })],
    ['a call that is none', refusedCallEvent({ detail: { eventName: 'rm -rf' } })],
    ['a refused web identity, which is no session yet', webFailure],
    ['a refused agent', podFailure],
  ])('is not %s', (_name, event) => {
    expect(readRefusedCall(event)).toBeNull();
  });

  it('takes anything for an event without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.object(), (event, userIdentity) => {
        expect(readRefusedCall(event)).toBeNull();
        readRefusedCall(refusedCallEvent({ detail: { userIdentity } }));
      }),
      { numRuns: 200 },
    );
  });
});
