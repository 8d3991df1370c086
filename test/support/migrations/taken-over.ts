import { expect } from 'vitest';
import type { Story } from './stories.ts';
import { interrupted, telling } from './telling.ts';

const ROUNDS = 12;

/** A write of a story: that of the change of a plan, plans counted through all rounds. */
interface Write {
  readonly plan: number;
  readonly change: number;
}

/**
 * After each write of a story its process dies, and somebody else, who has neither its journal nor its plans, asks for
 * the same: it ends as it does undisturbed. Returns how many deaths were died.
 */
export async function isTakenOver(story: Story): Promise<number> {
  const calm = await toTheEnd(story, null);
  for (const death of calm.writes) {
    const { picture } = await toTheEnd(story, death);
    expect([story.name, death, picture === calm.picture]).toEqual([story.name, death, true]);
  }
  return calm.writes.length;
}

async function toTheEnd(story: Story, death: Write | null) {
  const told = telling(story);
  const writes: Write[] = [];
  let plan = -1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const plans = await told.next();
    if (plans.length === 0) return { writes, picture: await told.picture() };
    for (const named of plans) {
      plan += 1;
      writes.push(...named.plan.changes.map((_, change) => ({ plan, change })));
      if (plan === death?.plan) {
        const { died } = interrupted(told, named, { change: death.change, when: 'after' });
        expect(await died()).toBe('died');
        break;
      }
      expect(await told.deskFor(named.plan).apply(named.plan.changes, named.name)).toMatchObject({
        outcome: 'applied',
      });
    }
  }
  throw new Error(`${story.name} does not end`);
}
