import type { RoleView } from '../../estate/estate.ts';
import type { Repair } from '../../identity/chain.ts';
import type { RealFacts } from '../../rules/doors/real-subjects.ts';
import type { WebDoor } from '../../rules/doors/web-door.ts';
import { type Draft, declined } from '../draft.ts';
import { draftTrust } from '../trust/edit-trust.ts';
import { titleOf } from './provider-fault.ts';

const WISH = 'nobody: the change is meant to take access away only';

/** An edit that takes access away and needs to know nobody in use. */
export function draftTightening(role: RoleView, repair: Repair, unknowns: readonly string[] = []): Draft {
  return draftTrust(role, repair, {
    title: titleOf(role, repair.text),
    wish: WISH,
    unknowns,
    takesAway: true,
  });
}

/** A door narrowed to the subjects in use; declined where nobody is known to use it, since that would be a guess. */
export function draftNarrowing(
  door: WebDoor,
  repair: Repair,
  { inUse = [], intended }: RealFacts & { readonly intended: readonly string[] },
): Draft {
  const missing = door.cluster?.kubernetes.missing('serviceAccounts') ?? null;
  const unread = missing === null ? [] : [`${missing.read}: ${missing.reason}`];
  if (repair.after === undefined) {
    return declined(
      repair.text,
      'Nobody is known to use the role there: no binding of podtrust.config.json declares it, no ServiceAccount that was read asks for it, and no session was observed.',
      ...unread,
    );
  }
  const undeclared = inUse.filter((subject) => !intended.includes(subject));
  const isMixed = undeclared.length > 0 && undeclared.length < inUse.length;
  return draftTrust(door.role, repair, {
    title: titleOf(door.role, repair.text),
    wish: WISH,
    takesAway: true,
    unknowns: unread,
    notes: inUse.length === 0 ? [] : [keptWords(inUse)],
    ...(isMixed && { approval: [besideWords(undeclared)] }),
  });
}

function keptWords(inUse: readonly string[]): string {
  return `Kept because they ask for the role, which whoever may edit these ServiceAccounts decides: ${inUse.slice(0, 20).join(', ')}.`;
}

/** They have the role today, so that one statement has to hold both: a person says whether they are meant too. */
function besideWords(undeclared: readonly string[]): string {
  return `Beside those that bindings declare it keeps ${undeclared.slice(0, 20).join(', ')}, whom nobody declares and who would lose the role otherwise: make sure that they are meant, or take the annotation away first.`;
}
