import type { PatternElement } from '../policy.ts';
import { covers, intersection, overlaps } from './patterns.ts';
import type { GradedStatement } from './statements.ts';

/** A statement and the policy that it comes from: an inline policy's name or a managed one's ARN. */
export interface Sourced {
  readonly policy: string;
  readonly statement: GradedStatement;
}

/** What is left of an Allow on one resource pattern after Deny and boundary. */
export interface Grant {
  readonly pattern: string;
  readonly policy: string;
  readonly conditional: boolean;
  readonly passedTo: GradedStatement['passedTo'];
}

/** The statements of a role, or of a boundary. */
export interface PolicySet {
  readonly allows: readonly Sourced[];
  /** Unconditional ones alone: a Deny under conditions takes nothing away for sure. */
  readonly denies: readonly Sourced[];
  /** The Allow statements by the actions of the catalogue that they name: a role is asked for many and has few. */
  readonly byAction: ReadonlyMap<string, readonly Sourced[]>;
}

/** Sorts statements into Allow and unconditional Deny. */
export function policySet(sources: readonly Sourced[]): PolicySet {
  const allows = sources.filter((source) => source.statement.effect === 'Allow');
  const denies = sources.filter(({ statement }) => {
    return statement.effect === 'Deny' && !statement.conditional && statement.passedTo === null;
  });
  return { allows, denies, byAction: byAction(allows) };
}

function byAction(allows: readonly Sourced[]): PolicySet['byAction'] {
  const index = new Map<string, Sourced[]>();
  for (const source of allows) {
    for (const name of source.statement.names) {
      const known = index.get(name);
      if (known) known.push(source);
      else index.set(name, [source]);
    }
  }
  return index;
}

/**
 * Where, within `everything` (the widest pattern of the resource type), an action of the catalogue is granted: an upper
 * bound where patterns cross each other, exact otherwise.
 */
export function grantsOf(
  set: PolicySet,
  boundary: PolicySet | null,
  action: string,
  everything: string,
): Grant[] {
  const held = heldBy(set, action, everything);
  if (boundary === null || held.length === 0) return held;
  const bounds = heldBy(boundary, action, everything);
  return held.flatMap((grant) => bounds.flatMap((bound) => within(grant, bound)));
}

function within(grant: Grant, bound: Grant): Grant[] {
  const pattern = intersection(grant.pattern, bound.pattern);
  if (pattern === null) return [];
  const conditional =
    grant.conditional || bound.conditional || (bound.passedTo !== null && grant.passedTo !== null);
  return [{ ...grant, pattern, conditional, passedTo: grant.passedTo ?? bound.passedTo }];
}

function heldBy(set: PolicySet, action: string, everything: string): Grant[] {
  const allows = set.byAction.get(action);
  if (allows === undefined) return [];
  const denies = set.denies.filter(({ statement }) => statement.names.has(action));
  return allows.flatMap(({ policy, statement }) => {
    const { conditional, passedTo } = statement;
    const left = denies.reduce(afterDeny, statement.reach(everything));
    return left.map((pattern) => ({ pattern, policy, conditional, passedTo }));
  });
}

function afterDeny(left: readonly string[], deny: Sourced): readonly string[] {
  const { resource } = deny.statement;
  if (!resource.negated) return left.flatMap((pattern) => without(pattern, resource.patterns));
  return left.flatMap((pattern) =>
    resource.patterns.flatMap((spared) => intersection(pattern, spared) ?? []),
  );
}

function without(pattern: string, taken: readonly string[]): string[] {
  return taken.some((deny) => covers(deny, pattern)) ? [] : [pattern];
}

/** True when anything at all is left of the Allow statements. */
export function grantsAnything(set: PolicySet, boundary: PolicySet | null): boolean {
  return pairs(set).some((pair) => boundary === null || pairs(boundary).some((bound) => meet(pair, bound)));
}

interface Pair {
  readonly action: string;
  readonly resource: string;
}

function pairs(set: PolicySet): Pair[] {
  return set.allows.flatMap(({ statement }) => {
    const actions = statement.action.negated ? ['*'] : statement.action.patterns;
    const resources = statement.resource.negated ? ['*'] : statement.resource.patterns;
    const all = actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
    return all.filter((pair) => !set.denies.some(({ statement: deny }) => takesAway(deny, pair)));
  });
}

function takesAway(deny: GradedStatement, pair: Pair): boolean {
  return elementCovers(deny.action, pair.action) && elementCovers(deny.resource, pair.resource);
}

function elementCovers(element: PatternElement, pattern: string): boolean {
  if (element.negated) return !element.patterns.some((spared) => overlaps(spared, pattern));
  return element.patterns.some((wide) => covers(wide, pattern));
}

function meet(one: Pair, other: Pair): boolean {
  return overlaps(one.action, other.action) && overlaps(one.resource, other.resource);
}
