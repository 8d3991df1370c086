import type { RESOURCE_TYPES } from './resources.ts';
import type { Scope } from './scope.ts';

/**
 * A known way from a permission to more than the role was given. Sources: IAM user guide on PassRole; the public
 * catalogues of privilege escalation in AWS (Rhino Security Labs, Bishop Fox, Hacking the Cloud, pathfinding.cloud).
 */
export interface Path {
  /** The action whose resource decides how far the path leads, lower-cased. */
  readonly action: string;
  readonly on: keyof typeof RESOURCE_TYPES;
  /**
   * The narrowest scope that counts as escalation. Writing IAM counts from a family of names on (the family can be
   * grown), passing and assuming roles and changing somebody's code only for any name: with names given, what those
   * roles may do decides, which a role's own documents do not say, and the path is noted at grade `limited`.
   */
  readonly from: Scope;
  /** Further actions, lower-cased, on any resource: one of each list is needed. */
  readonly needs: readonly (readonly string[])[];
  /** The service that gets the role, for `iam:PassedToService`. */
  readonly passedTo?: string;
  /** What it allows, after "may": `put any inline policy on`. */
  readonly allows: string;
  /** True when, pointed at the role's own ARN or at a policy attached to it, one name is enough. */
  readonly self?: true;
}
