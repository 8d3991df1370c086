import { defaultConfig } from '../config/config.ts';
import type { Estate } from '../estate/estate.ts';
import { type AccessQuestion, accessChain } from '../identity/access/access-chain.ts';
import { verdictOf } from '../identity/chain.ts';
import { judgeOpen } from '../rules/judge.ts';
import { type ExplainContext, explanationOf, exposed, sideOf } from './explain.ts';
import type { Explanation } from './explanation.ts';

/**
 * Says whether a principal gets into a cluster, and may do anything there: authentication (else 401 Unauthorized), then
 * authorization (else 403 Forbidden). Never throws.
 */
export function explainAccess(
  estate: Estate,
  question: AccessQuestion,
  { config = defaultConfig, hash }: ExplainContext = {},
): Explanation {
  const { steps, repair, way } = accessChain(question, estate);
  const sides = { aws: sideOf(steps, 'aws'), kubernetes: sideOf(steps, 'kubernetes') };
  const names = new Set([question.principal.arn, way?.principal ?? question.principal.arn]);
  const { failures, undecided } = judgeOpen(estate, config, { cluster: question.cluster });
  const concerns = ({ where }: { where: { principal?: string | undefined } }) =>
    where.principal !== undefined && names.has(where.principal);
  const open = exposed(failures.filter(concerns), undecided.some(concerns), hash);
  return explanationOf(
    { verdict: verdictOf(steps), sides, mechanism: 'cluster-access' },
    steps,
    repair,
    open,
  );
}
