import type { Estate } from '../../estate/estate.ts';
import { verdictOf } from '../../identity/chain.ts';
import { type ServiceAccountQuestion, serviceAccountChain } from '../../identity/service-account-chain.ts';
import { rootStep } from '../explain.ts';
import type { RowOf } from './report.ts';

type Standing = Pick<RowOf<'service-accounts'>, 'state' | 'reason' | 'mechanism' | 'role'>;

/** What explain would say of a ServiceAccount, in short. */
export function standingOf(question: ServiceAccountQuestion, estate: Estate): Standing {
  const { steps, mechanism, role } = serviceAccountChain(question, estate);
  const why = rootStep(steps) ?? steps.find(({ status }) => status === 'unknown');
  return {
    mechanism,
    role: role?.role.arn ?? null,
    state: verdictOf(steps),
    reason: why === undefined ? null : why.detail,
  };
}
