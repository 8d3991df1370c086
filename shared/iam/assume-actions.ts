import { globMatcher } from './glob.ts';
import type { PatternElement } from './policy.ts';

/** The STS actions that a trust policy can allow, in IAM's spelling (service authorization reference, AWS STS). */
const ASSUME_ACTIONS = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:SetContext',
  'sts:SetSourceIdentity',
  'sts:TagSession',
] as const;

export type AssumeAction = (typeof ASSUME_ACTIONS)[number];

/** Those of the STS actions that an `Action` or `NotAction` element covers. */
export function coveredActions(element: PatternElement): readonly AssumeAction[] {
  const tests = element.patterns.map((pattern) => globMatcher(pattern.toLowerCase()));
  return ASSUME_ACTIONS.filter(
    (action) => tests.some((test) => test(action.toLowerCase())) !== element.negated,
  );
}
