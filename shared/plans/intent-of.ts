import type { Intent } from '../changes/plan.ts';
import type { Config } from '../config/config.ts';
import { declarationOf } from './declared.ts';
import type { BoundIdentity } from './ways/way.ts';

/** Somebody who gets in by a plan. */
export interface Gain {
  readonly words: string;
  readonly identities: readonly BoundIdentity[] | null;
}

const MOST_WORDS = 100;

/**
 * Whose will it is that somebody gets in: the configuration's where it declares every one of them by the cluster's ARN,
 * else nobody's yet, and an approver has to answer for the wish.
 */
export function intentOf(
  gains: readonly Gain[],
  { config, wish, effectiveBefore }: { config: Config; wish: string; effectiveBefore: string | undefined },
): Intent {
  if (gains.length === 0) return { source: 'none' };
  const identities = gains.slice(0, MOST_WORDS).map(({ words }) => words.slice(0, 2000));
  const declarations = gains.flatMap(
    (gain) => gain.identities?.map((one) => declarationOf(one, config).kind) ?? ['undeclared' as const],
  );
  if (declarations.every((kind) => kind === 'declared')) return { source: 'configuration', identities };
  const byName = declarations.every((kind) => kind !== 'undeclared')
    ? ' The bindings name the cluster by its name or a tag only, which another cluster could have: with its ARN they would be enough.'
    : '';
  return {
    source: 'approver',
    wish: `${wish}${byName}`,
    ...(effectiveBefore !== undefined && { effectiveBefore }),
    identities,
  };
}

/** ServiceAccounts that a plan lets in and that do not exist: whoever may create them there is let in. */
export function ghostsAmong(gains: readonly Gain[]): string[] {
  const absent = gains
    .flatMap(({ identities }) => identities ?? [])
    .filter(
      ({ cluster: { kubernetes }, namespace, serviceAccount }) =>
        kubernetes.missing('serviceAccounts') === null &&
        kubernetes.serviceAccount(namespace, serviceAccount) === undefined,
    )
    .map(
      ({ cluster, namespace, serviceAccount, role }) =>
        `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name} does not exist: whoever may create it there gets ${role}.`,
    );
  return [...new Set(absent)].slice(0, 50);
}
