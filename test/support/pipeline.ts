import type { Claims } from '../../shared/pipeline/claims.ts';
import { LostClaimError } from '../../shared/pipeline/errors.ts';
import type { Evaluation } from '../../shared/pipeline/evaluation.ts';
import type { Telemetry } from '../../shared/pipeline/telemetry.ts';

/** Telemetry that nobody reads. */
export const silent: Telemetry = { count: () => {}, note: () => {} };

/** Claims in memory. */
export function memoryClaims(kept = new Map<string, string>()): Claims {
  return {
    put: async (key, text) => {
      kept.set(key, text);
    },
    get: async (key) => {
      const text = kept.get(key);
      if (text === undefined) throw new LostClaimError(key, 'it does not exist');
      return text;
    },
  };
}

/** An evaluation of the role `payments-api` after alice changed it. */
export function evaluationOf(change: Partial<Evaluation> = {}): Evaluation {
  return {
    name: '111122223333-payments-api-1',
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
