import { expect } from 'vitest';
import { type Change, isIrreversible } from '../../../shared/changes/change.ts';
import type { NamedPlan } from '../../../shared/plans/migrations/migration.ts';
import { type Death, deathsOf } from './dying.ts';
import { touched } from './foreign.ts';
import type { Story } from './stories.ts';
import {
  back,
  interrupted,
  shapeOf,
  type Telling,
  telling,
  type Undisturbed,
  undisturbed,
} from './telling.ts';

const ROUNDS = 12;

/** All deaths of all plans; or of the first plan of each kind, after its first write and before its last. */
type Which = 'all' | 'some of each kind';

/**
 * Tells a story to its end, and lets each of its plans die at its writes first: afterwards the same plan goes on to what
 * it does undisturbed, with no write twice, or is taken back to what was. Returns how many deaths were died.
 */
export async function diesAndResumes(story: Story, which: Which): Promise<number> {
  const told = telling(story);
  const first = await told.read();
  const shapes = new Set<string>();
  const changes: Change[] = [];
  let deaths = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const plans = await told.next();
    if (plans.length === 0) {
      expect(touched(first, await told.read(), changes)).toEqual([]);
      return deaths;
    }
    for (const named of plans) {
      const isNew = which === 'all' || !shapes.has(shapeOf(named.plan));
      shapes.add(shapeOf(named.plan));
      if (isNew) deaths += await diesOf(told, named, which);
      await told.deskFor(named.plan).apply(named.plan.changes, named.name);
      changes.push(...named.plan.changes);
    }
  }
  throw new Error(`${story.name} does not end`);
}

async function diesOf(told: Telling, named: NamedPlan, which: Which): Promise<number> {
  const { changes } = named.plan;
  if (changes.some(isIrreversible)) return diesForEver(told, named);
  const calm = await undisturbed(told, named);
  expect(await told.picture()).toBe(calm.before);
  const all = deathsOf(changes);
  const deaths = which === 'all' ? all : all.filter((_, index) => index === 1 || index === all.length - 2);
  for (const death of deaths) await diesOnce(told, named, death, calm);
  return deaths.length;
}

async function diesOnce(told: Telling, named: NamedPlan, death: Death, calm: Undisturbed): Promise<void> {
  const { changes } = named.plan;
  const at = `${named.name}, ${death.when} write ${death.change + 1} of ${changes.length}`;
  const resumed = interrupted(told, named, death);
  const [died, first] = await told.writesOf(resumed.died);
  expect([at, died]).toEqual([at, 'died']);
  const [outcome, second] = await resumed.again();
  expect([at, outcome]).toEqual([at, expect.objectContaining({ outcome: 'applied' })]);
  expect([at, first + second]).toEqual([at, calm.writes]);
  expect([at, (await told.picture()) === calm.after]).toEqual([at, true]);
  expect([at, [...resumed.desk.held]]).toEqual([at, []]);
  await back(resumed.desk, changes);

  const given = interrupted(told, named, death);
  expect([at, await given.died()]).toEqual([at, 'died']);
  if (isUnlisted(changes, death)) await looksAndUndoes(given, changes.slice(0, death.change), at);
  else
    expect([at, await given.takenBack()]).toEqual([at, expect.objectContaining({ outcome: 'rolled-back' })]);
  expect([at, (await told.picture()) === calm.before]).toEqual([at, true]);
  expect([at, [...given.desk.held]]).toEqual([at, []]);
}

/**
 * True where the process dies right before it makes an association: nobody can tell then that it was not made, since lists
 * lag and it is deleted by its id alone.
 */
function isUnlisted(changes: readonly Change[], { change, when }: Death): boolean {
  const dies = changes[change];
  return (
    when === 'before' &&
    dies?.kind === 'pod-identity-association' &&
    dies.before === null &&
    dies.after?.ownerArn === undefined
  );
}

/** It stops with its locks; a person looks, lets go of them and undoes what stands. */
async function looksAndUndoes(
  { takenBack, desk }: ReturnType<typeof interrupted>,
  stands: readonly Change[],
  at: string,
): Promise<void> {
  expect([at, await takenBack()]).toEqual([
    at,
    expect.objectContaining({ outcome: 'stopped', reason: expect.stringContaining('is not listed') }),
  ]);
  expect(desk.held.size).toBeGreaterThan(0);
  desk.held.clear();
  await back(desk, stands);
}

/** A change that nothing takes back, a plan of its own: before the write it may stand unseen, afterwards it is done. */
async function diesForEver(told: Telling, named: NamedPlan): Promise<number> {
  const { changes } = named.plan;
  expect(changes).toHaveLength(1);
  const before = await told.picture();
  const early = interrupted(told, named, { change: 0, when: 'before' });
  expect(await early.died()).toBe('died');
  expect(await early.takenBack()).toMatchObject({
    outcome: 'stopped',
    reason: expect.stringContaining('may stand unseen'),
  });
  expect(early.desk.held.size).toBe(1);
  expect(await told.picture()).toBe(before);

  const late = interrupted(told, named, { change: 0, when: 'after' });
  expect(await late.died()).toBe('died');
  const done = await told.picture();
  expect(await late.takenBack()).toMatchObject({
    outcome: 'stopped',
    reason: expect.stringContaining('cannot be undone'),
  });
  expect(late.desk.held.size).toBe(1);
  expect(await late.again()).toEqual([{ outcome: 'applied', written: 0, already: 1 }, 0]);
  expect(await told.picture()).toBe(done);
  return 2;
}
