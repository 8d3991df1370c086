import { admitsAll } from '../../changes/trust/prove.ts';
import type { Estate, RoleView } from '../../estate/estate.ts';
import type { Repair } from '../../identity/chain.ts';
import { editPolicy, type JsonObject, prettyPolicy } from '../../identity/policy-edit.ts';
import type { BoundIdentity } from '../ways/way.ts';
import { newAdmissions } from './admissions.ts';
import { trustChange } from './edit-trust.ts';
import { effectivePart } from './effective-part.ts';

/**
 * The first of some repairs of a trust policy that lets in nobody but those who are meant and keeps nobody out who could
 * come in; where none does, the last that is an edit at all, or else the first, whose words say why there is none.
 */
export function smallestFor(
  role: RoleView,
  repairs: readonly [Repair, ...Repair[]],
  estate: Estate,
  isMeant: (identity: BoundIdentity) => boolean,
): Repair {
  const edits = repairs.filter((repair) => trustChange(role, repair).kind === 'trust-policy');
  return edits.find((repair) => isExact(role, repair, estate, isMeant)) ?? edits.at(-1) ?? repairs[0];
}

function isExact(
  role: RoleView,
  repair: Repair,
  estate: Estate,
  isMeant: (identity: BoundIdentity) => boolean,
): boolean {
  const change = trustChange(role, repair);
  if (change.kind === 'declined' || change.before === null || change.after === null) return false;
  const { before, after } = change;
  const admitted = newAdmissions(before, after, role, estate);
  return (
    admitted.every(({ identities }) => identities?.every(isMeant) === true) &&
    admitsAll(after, effectivePart(before, role.account))
  );
}

/** A trust policy with one statement more, as the repair that says so. */
export function withStatement(role: RoleView, statement: JsonObject, whom: string): Repair {
  const { text } = role.trust();
  const after = editPolicy(text, [{ kind: 'add-statement', statement }]);
  const words = `Add a statement to the trust policy that admits ${whom} and nobody else.`;
  return after === null ? { text: words } : { text: words, before: prettyPolicy(text), after };
}
