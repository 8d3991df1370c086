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
export function draftNarrowing(door: WebDoor, repair: Repair, { inUse }: RealFacts): Draft {
  const missing = door.cluster?.kubernetes.missing('serviceAccounts') ?? null;
  const unread = missing === null ? [] : [`${missing.read}: ${missing.reason}`];
  if (repair.after === undefined) {
    return declined(
      repair.text,
      'Nobody is known to use the role there: no binding of podtrust.config.json declares it, no ServiceAccount that was read asks for it, and no session was observed.',
      ...unread,
    );
  }
  const kept = inUse === undefined || inUse.length === 0 ? [] : [keptWords(inUse)];
  return draftTrust(door.role, repair, {
    title: titleOf(door.role, repair.text),
    wish: WISH,
    takesAway: true,
    unknowns: unread,
    notes: kept,
  });
}

function keptWords(inUse: readonly string[]): string {
  return `Kept because they ask for the role, which whoever may edit these ServiceAccounts decides: ${inUse.slice(0, 20).join(', ')}.`;
}
