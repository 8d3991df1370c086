import type { Candidate } from './candidates.ts';
import type { Step } from './chain.ts';
import { pass, unknown } from './checks.ts';

/** A step where more than one role is possible, and they differ in whether they work: the annotation decides. */
export function choiceSteps(candidates: readonly Candidate[]): Step[] {
  const [best, ...others] = candidates;
  if (best === undefined || others.length === 0) return [];
  const names = others
    .slice(0, 3)
    .map(({ role, works }) => `${role.role.arn} (${works ? 'works too' : 'does not'})`)
    .join(', ');
  const detail = `Which role the pods ask for is decided by the annotation; besides ${best.role.role.arn} there ${others.length === 1 ? 'is' : 'are'} ${names}.`;
  const rival =
    best.works && best.by === 'pattern' && others.some(({ by, works }) => by !== 'pattern' && !works);
  return [rival ? unknown('role-choice', detail) : pass('role-choice', detail)];
}
