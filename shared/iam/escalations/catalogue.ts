import { DATA_GROUPS } from './data.ts';
import { ASSUMPTIONS, IAM_WRITES } from './iam-writes.ts';
import { PASSED_ROLES } from './pass-role.ts';
import type { Path } from './paths.ts';
import { CLUSTER_ACCESS, CODE_CHANGES } from './run-code.ts';

/** Every escalation path that is looked for, in the order in which it is reported. */
export const PATHS: readonly Path[] = [
  ...IAM_WRITES,
  ...CLUSTER_ACCESS,
  ...PASSED_ROLES,
  ...ASSUMPTIONS,
  ...CODE_CHANGES,
];

/**
 * Whoever holds all of these on any role and policy writes permissions at will, and is an administrator without being
 * called one.
 */
export const IAM_CONTROL = [
  'iam:createrole',
  'iam:attachrolepolicy',
  'iam:putrolepolicy',
  'iam:updateassumerolepolicy',
  'iam:createpolicyversion',
] as const;

/** Each of them alone lets a holder of "everything, except …" take the exception away. */
export const SELF_HELP = [
  'iam:attachrolepolicy',
  'iam:putrolepolicy',
  'iam:updateassumerolepolicy',
  'iam:createpolicyversion',
] as const;

/** All actions that some grade asks for, by service prefix. */
export const ACTIONS_BY_SERVICE: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  new Set([
    ...IAM_CONTROL,
    ...PATHS.flatMap((path) => [path.action, ...path.needs.flat()]),
    ...DATA_GROUPS.flatMap((group) => group.actions),
  ]),
  (action) => action.slice(0, action.indexOf(':')),
);
