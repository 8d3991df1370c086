import type { Failure } from '../rules/define-rule.ts';
import { dependsOnOpen, leftUndecided } from './depends.ts';
import type { LocatedEstate } from './located-estate.ts';
import type { Shown } from './shown.ts';
import type { World } from './unresolved.ts';

/** A failed check, and where it is in the text. */
export interface PlacedFailure {
  readonly failure: Failure;
  readonly at: number;
}

/** A rule that the file does not decide, and where. */
export interface PlacedUndecided {
  readonly at: number;
  readonly rule: string;
  readonly reason: string;
}

/** What fails in a world, and what is not there to fail. */
export interface Failing {
  readonly failures: readonly PlacedFailure[];
  readonly absent: Shown['absent'];
}

/** A failure that holds in every world, and what it is in each of them: its place may be another one there. */
interface CertainFailure extends PlacedFailure {
  readonly sights: readonly Failure[];
}

interface Certain {
  readonly told: readonly CertainFailure[];
  readonly undecided: readonly PlacedUndecided[];
}

/**
 * The failures of the first world that hold in every other in which the resource is made, and the rest as undecided; null are
 * worlds too many to try.
 */
export function certain(
  { failures, located }: { readonly failures: readonly PlacedFailure[]; readonly located: LocatedEstate },
  first: World,
  worlds: readonly World[] | null,
  failingIn: (world: World) => Failing,
): Certain {
  let told: CertainFailure[] = failures
    .filter(
      ({ failure }) =>
        !leftUndecided(failure, located, first) &&
        !(worlds === null && dependsOnOpen(failure, located, first)),
    )
    .map((one) => ({ ...one, sights: [one.failure] }));
  for (const world of worlds ?? []) {
    if (told.length === 0) break;
    const { failures: failing, absent } = failingIn(world);
    const there = Map.groupBy(failing, keyOf);
    told = told.flatMap((one) => {
      if (absent.some(({ from, to }) => from <= one.at && one.at < to)) return [one];
      const same = there.get(keyOf(one));
      return same === undefined
        ? []
        : [{ ...one, sights: [...one.sights, ...same.map(({ failure }) => failure)] }];
    });
  }
  const kept = new Set(told.map(({ failure }) => failure));
  return {
    told,
    undecided: failures
      .filter(({ failure }) => !kept.has(failure))
      .map(({ failure, at }) => ({
        at,
        rule: failure.rule.name,
        reason: 'it depends on values that the file leaves open',
      })),
  };
}

const keyOf = ({ failure, at }: PlacedFailure): string => `${failure.rule.name} ${at}`;
