import type { Lane, Turn } from '../../shared/pipeline/lane.ts';
import type { ScopeRequest } from '../../shared/pipeline/scope-request.ts';
import type { Telemetry } from '../../shared/pipeline/telemetry.ts';

export { memoryClaims } from '../../simulator/pipeline/memory-claims.ts';

/** Telemetry that nobody reads. */
export const silent: Telemetry = { count: () => {}, note: () => {} };

/** A turn of an account's lane. */
export function turnFor(account = '111122223333', number = 1): Turn {
  const lane: Lane = { kind: 'account', account };
  return { name: `${account}-${number}`, lane, number };
}

/** A request for the role `payments-api` after alice changed it. */
export function requestOf(change: Partial<ScopeRequest> = {}): ScopeRequest {
  return {
    scope: { kind: 'role', account: '111122223333', role: 'payments-api' },
    causes: [
      {
        eventId: 'c1a7e6b2',
        eventName: 'UpdateAssumeRolePolicy',
        service: 'iam.amazonaws.com',
        time: '2026-11-20T09:14:05.000Z',
        region: 'us-east-1',
        actor: {
          type: 'AssumedRole',
          arn: 'arn:aws:iam::111122223333:role/people/PlatformEngineer',
          session: 'alice@example.com',
        },
        sourceAddress: '203.0.113.24',
      },
    ],
    events: 1,
    expected: [],
    ...change,
  };
}
