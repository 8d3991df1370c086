import { type Transition, transitionSchema } from '../../shared/findings/transition.ts';
import type { Message } from '../../shared/pipeline/message.ts';

/** The step in the life of a finding that a message tells; null for what is told of repairs. */
export function transitionIn({ json, attributes }: Message): Transition | null {
  if (attributes['change'] === undefined) return null;
  const { text: _text, ...transition } = JSON.parse(json);
  return transitionSchema.parse(transition);
}
