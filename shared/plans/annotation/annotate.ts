import { ROLE_ANNOTATION } from '../../identity/role-annotation.ts';
import { assemble } from '../assemble.ts';
import type { Declined, Drafted } from '../draft.ts';
import { type Asked, done } from '../migrations/asked.ts';
import type { PlanContext } from '../plan-context.ts';
import { draftAnnotation, draftNoAnnotation, type WantedAnnotation } from './draft-annotation.ts';
import { keptDoor } from './notes.ts';
import { type AnnotatedPlace, wordsOf } from './obstacles.ts';

const ASKED = ['It was asked for on the command line: an approver answers for it.'];

/** Plans the annotation that gives a ServiceAccount a role, with what the role's account lacks for it before. */
export function planAnnotation(wanted: WantedAnnotation, context: PlanContext): Asked {
  const wish = `whoever ran podtrust annotate for ${wordsOf(wanted)} and ${wanted.role}`;
  const draft = draftAnnotation(wanted, context, { wish, approval: ASKED });
  return asked(
    draft,
    `${wordsOf(wanted)} is annotated with ${wanted.role} already, which lets it in.`,
    context,
  );
}

/**
 * Plans to take the annotation with a role away. It takes nothing from pods that run: those that are made anew get nothing
 * by it. The role's trust policy stays as it is, and the notes say so.
 */
export function planNoAnnotation(place: AnnotatedPlace, context: PlanContext): Asked {
  const draft = draftNoAnnotation(place, ASKED);
  const doors = draft.kind === 'draft' ? keptDoor(place, context.estate) : [];
  return asked(
    draft.kind === 'draft' ? { ...draft, notes: [...(draft.notes ?? []), ...doors] } : draft,
    `${wordsOf(place)} has no annotation ${ROLE_ANNOTATION}.`,
    context,
  );
}

function asked(draft: Drafted | Declined, already: string, context: PlanContext): Asked {
  if (draft.kind === 'declined') return draft;
  if (draft.changes.length === 0) return done(already);
  return { kind: 'plan', plan: assemble(draft, [], context) };
}
