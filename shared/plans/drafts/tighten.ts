import type { Config } from '../../config/config.ts';
import type { RoleView } from '../../estate/estate.ts';
import type { Repair } from '../../identity/chain.ts';
import { parseSubject } from '../../identity/service-account.ts';
import { exactSubjects, type RealFacts } from '../../rules/doors/real-subjects.ts';
import type { WebDoor } from '../../rules/doors/web-door.ts';
import { declarationOf } from '../declared.ts';
import { type Draft, type Drafted, declined } from '../draft.ts';
import { draftTrust } from '../trust/edit-trust.ts';
import { titleOf } from './provider-fault.ts';

const WISH = 'nobody: the change is meant to take access away only';

/** An edit that takes access away and needs to know nobody in use. */
export function draftTightening(
  role: RoleView,
  repair: Repair,
  more: Pick<Drafted, 'approval' | 'notes' | 'unknowns'> = {},
): Draft {
  return draftTrust(role, repair, {
    title: titleOf(role, repair.text),
    wish: WISH,
    takesAway: true,
    ...more,
  });
}

/** A door narrowed to the subjects in use; declined where nobody is known to use it, since that would be a guess. */
export function draftNarrowing(
  door: WebDoor,
  repair: Repair,
  facts: RealFacts & { readonly intended: readonly string[] },
  config: Config,
): Draft {
  const missing = door.cluster?.kubernetes.missing('serviceAccounts') ?? null;
  const unknowns = missing === null ? [] : [`${missing.read}: ${missing.reason}`];
  if (repair.after === undefined) {
    return declined(
      repair.text,
      'Nobody is known to use the role there: no binding of podtrust.config.json declares it, no ServiceAccount that was read asks for it, and no session was observed.',
      ...unknowns,
    );
  }
  const { inUse = [] } = facts;
  const kept = exactSubjects(door, facts).filter((subject) => !isDeclared(subject, door, config));
  return draftTightening(door.role, repair, {
    unknowns,
    notes: inUse.length === 0 ? [] : [keptWords(inUse)],
    approval: undeclaredWords(kept),
  });
}

/** Whether a binding declares a subject of a door, by the ARN of the cluster. */
function isDeclared(subject: string, { cluster, role }: WebDoor, config: Config): boolean {
  const named = parseSubject(subject);
  if (named === null || cluster === null) return false;
  return declarationOf({ cluster, ...named, role: role.role.arn }, config).kind === 'declared';
}

function keptWords(inUse: readonly string[]): string {
  return `Kept because they ask for the role, which whoever may edit these ServiceAccounts decides: ${inUse.slice(0, 20).join(', ')}.`;
}

/**
 * Who keeps the role without being declared. They have it today, and might not be meant to: an annotation is a wish, and
 * calls are made by whoever can.
 */
export function undeclaredWords(kept: readonly string[]): string[] {
  if (kept.length === 0) return [];
  const who = kept.slice(0, 20).join(', ');
  return [
    `It keeps ${who}, whom nobody declares by the ARN of the cluster and who would lose the role otherwise: make sure that they are meant, or end what asks for it first.`,
  ];
}
