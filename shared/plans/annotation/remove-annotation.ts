import { ROLE_ANNOTATION } from '../../identity/role-annotation.ts';
import { assemble } from '../assemble.ts';
import { type Asked, done } from '../migrations/asked.ts';
import type { PlanContext } from '../plan-context.ts';
import { annotationChange } from './annotate.ts';
import { keptDoor, replacedWords, whatToKnow } from './notes.ts';
import { type AnnotatedPlace, accountObstacles, wordsOf } from './obstacles.ts';

/**
 * Plans to take the annotation with a role away. It takes nothing from pods that run: those that are made anew get nothing
 * by it. The role's trust policy stays as it is, and the notes say so.
 */
export function planNoAnnotation(place: AnnotatedPlace, context: PlanContext): Asked {
  const reasons = accountObstacles(place, null);
  if (reasons.length > 0) return { kind: 'declined', reasons };
  const changes = annotationChange(place, null);
  if (changes.length === 0) return done(`${wordsOf(place)} has no annotation ${ROLE_ANNOTATION}.`);
  const plan = assemble(
    {
      kind: 'draft',
      title: `Take the annotation with its role from ${wordsOf(place)}.`,
      wish: 'nobody: the change only takes access away',
      changes,
      approval: [
        'It was asked for on the command line: an approver answers for it.',
        ...replacedWords(place, null),
      ],
      notes: [...whatToKnow(place, null), ...keptDoor(place, context.estate)],
    },
    [],
    context,
  );
  return { kind: 'plan', plan };
}
