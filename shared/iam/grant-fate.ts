import type { Admitted, Grant } from './admitted-types.ts';
import { compareAdmitted } from './compare.ts';
import type { Witness } from './comparison.ts';
import { isEmpty } from './languages/sets.ts';

/** What becomes of an Allow statement. */
export type GrantFate =
  /** It admits someone; `example.lifelike` is false when no real caller can be found. */
  | { readonly fate: 'admits'; readonly example: Witness }
  /** Its principal cannot use its actions: a web identity and `sts:AssumeRole`. */
  | { readonly fate: 'no-caller' }
  /** Its conditions exclude each other; `keys` are those that no value satisfies by itself. */
  | { readonly fate: 'contradictory'; readonly keys: readonly string[] }
  /** Deny statements take away all that it admits. */
  | { readonly fate: 'denied' }
  | { readonly fate: 'unknown'; readonly reason: string };

/** Says whether an Allow statement admits anyone, and if not, why; `grant` is its place among `admitted.grants`. */
export function grantFate(admitted: Admitted, grant: number): GrantFate {
  const box = admitted.grants[grant];
  if (box === undefined) return { fate: 'no-caller' };
  const open = whoIsAdmitted({ ...admitted, grants: [unconditional(box)], exceptions: [] });
  if (open.fate !== 'admits') return open.fate === 'nobody' ? { fate: 'no-caller' } : open;
  const alone = whoIsAdmitted({ ...admitted, grants: [box], exceptions: [] });
  if (alone.fate === 'nobody') return { fate: 'contradictory', keys: impossibleKeys(box) };
  const left = admitted.exceptions.length === 0 ? alone : whoIsAdmitted({ ...admitted, grants: [box] });
  return left.fate === 'nobody' ? { fate: 'denied' } : left;
}

function unconditional(box: Grant): Grant {
  return { ...box, keys: [], undecided: [] };
}

/** Compares with a policy that admits nobody: whoever is lost was admitted. */
function whoIsAdmitted(
  admitted: Admitted,
): Extract<GrantFate, { fate: 'admits' | 'unknown' }> | { readonly fate: 'nobody' } {
  const comparison = compareAdmitted(admitted, { version: admitted.version, grants: [], exceptions: [] });
  switch (comparison.relation) {
    case 'equal':
      return { fate: 'nobody' };
    case 'tightened':
      return { fate: 'admits', example: comparison.lost };
    case 'undecided':
    case 'too-complex':
      return { fate: 'unknown', reason: comparison.reason };
    case 'widened':
    case 'incomparable':
      return { fate: 'unknown', reason: 'nobody cannot have gained anything' };
  }
}

function impossibleKeys({ keys }: Grant): readonly string[] {
  return keys.filter(({ all, absent }) => !absent && isEmpty(all) === true).map(({ key }) => key);
}
