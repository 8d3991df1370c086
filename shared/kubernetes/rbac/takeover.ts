/** How somebody with rights in a cluster comes to act as one of its ServiceAccounts. */
import type { RbacBinding } from '../../estate/kubernetes-schema.ts';
import { type Authorizer, subjectKey } from './authorizer.ts';
import { directMeans, impersonation, type Means, type MeansName, rbacMeans, type Target } from './means.ts';
import { type Identity, identityOf, MASTERS, type RbacRequest, type RbacSubject } from './request.ts';

/** A subject of bindings that can act as the ServiceAccount. */
export interface Reach {
  readonly subject: RbacSubject;
  readonly means: MeansName;
  /** The binding that gives it. */
  readonly binding: RbacBinding;
  /** Whom it impersonates, where that is the means. */
  readonly as?: RbacSubject;
}

/** Everything about one ServiceAccount: which subjects reach it, and whether a given caller does. */
export interface Takeover {
  readonly reached: readonly Reach[];
  /** The first means of a caller, or null. */
  readonly by: (who: Identity) => {
    readonly means: MeansName | typeof MASTERS;
    readonly binding: RbacBinding | null;
    readonly as?: RbacSubject;
  } | null;
}

/** Those who impersonate those who impersonate: followed this far. */
const MOST_ROUNDS = 4;

/**
 * Finds who can act as a ServiceAccount: by running pods, changing workloads, entering its pods, asking for its tokens;
 * by impersonating whoever can; by binding or widening roles. Members of `system:masters` always can. What admission
 * plugins or custom controllers forbid or allow besides is not known here.
 */
export function takeoverOf(target: Target, authorizer: Authorizer): Takeover {
  const means: Means[] = [...directMeans(target), ...rbacMeans(target, authorizer)];
  const reached = new Map<string, Reach>();
  for (const one of means) addReached(reached, one, authorizer);
  const masters: RbacSubject = { kind: 'Group', name: MASTERS };
  let fresh: readonly RbacSubject[] = [masters, ...[...reached.values()].map(({ subject }) => subject)];
  for (let round = 0; round < MOST_ROUNDS && fresh.length > 0; round++) {
    const impersonations = fresh.map(impersonation);
    means.push(...impersonations);
    const before = new Set(reached.keys());
    for (const one of impersonations) addReached(reached, one, authorizer);
    fresh = [...reached].flatMap(([key, { subject }]) => (before.has(key) ? [] : [subject]));
  }
  return {
    reached: [...reached.values()],
    by: (who) => {
      if (who.groups.includes(MASTERS)) return { means: MASTERS, binding: null };
      for (const one of means) {
        const binding = satisfied(one, who, authorizer);
        if (binding !== null) {
          return { means: one.means, binding, ...(one.as === undefined ? {} : { as: one.as }) };
        }
      }
      return null;
    },
  };
}

function addReached(reached: Map<string, Reach>, one: Means, authorizer: Authorizer): void {
  for (const [first, ...rest] of one.alternatives) {
    for (const { subject, binding } of authorizer.who(first).holders) {
      const key = subjectKey(subject);
      if (reached.has(key)) continue;
      if (!rest.every((request) => authorizer.who(request).to(identityOf(subject)) !== null)) continue;
      reached.set(key, {
        subject,
        means: one.means,
        binding,
        ...(one.as === undefined ? {} : { as: one.as }),
      });
    }
  }
}

/** The binding that gives a caller the first of the requests that together are enough, or null. */
function satisfied({ alternatives }: Means, who: Identity, authorizer: Authorizer): RbacBinding | null {
  for (const [first, ...rest] of alternatives) {
    const binding = bindingOf(first, who, authorizer);
    if (binding !== null && rest.every((request) => bindingOf(request, who, authorizer) !== null))
      return binding;
  }
  return null;
}

function bindingOf(request: RbacRequest, who: Identity, authorizer: Authorizer): RbacBinding | null {
  const binding = authorizer.who(request).to(who);
  return binding === MASTERS ? null : binding;
}
