import { type Change, isIrreversible } from '../../../shared/changes/change.ts';
import type { Plan } from '../../../shared/changes/plan.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { NamedPlan } from '../../../shared/plans/migrations/migration.ts';
import type { Desk } from '../changes.ts';
import { sha256 } from '../changes.ts';
import { demoStage } from '../demo-stage.ts';
import { applyDying, type Death } from './dying.ts';
import type { Story } from './stories.ts';

/** The demo organization with a story under way in it. */
export function telling(story: Story) {
  let written = 0;
  const stage = demoStage(() => {
    written += 1;
  });
  stage.simulation.onRecord(({ readOnly }) => {
    if (readOnly !== true) written += 1;
  });
  return {
    ...stage,
    /** IAM fetches the thumbprints of a provider itself, those that somebody gave it do not come back. */
    picture: async () => (await stage.picture()).replaceAll(/"thumbprints": \[[^\]]*\]/g, ''),
    /** What is to be applied next: the last step when nothing else is left, and nothing at the end. */
    next: async (): Promise<NamedPlan[]> => {
      const snapshot = story.sees(await stage.read());
      const context = {
        estate: buildEstate(snapshot),
        config: defaultConfig,
        hash: sha256,
        now: snapshot.takenAt,
      };
      const asked = (finish: boolean) =>
        story.asks(context, finish).filter(({ plan }) => plan.blockers.length === 0);
      const plans = asked(false);
      return plans.length > 0 ? plans : asked(true);
    },
    /** Writes that reached AWS and its clusters while something was done. */
    writesOf: async <T>(act: () => Promise<T>): Promise<readonly [T, number]> => {
      const before = written;
      const result = await act();
      return [result, written - before];
    },
  };
}

export type Telling = ReturnType<typeof telling>;

/** What a plan does when nothing goes wrong. */
export interface Undisturbed {
  readonly before: string;
  readonly after: string;
  readonly writes: number;
}

/** Carries a plan out, looks, and takes it back where that can be. */
export async function undisturbed(
  { deskFor, picture, writesOf }: Telling,
  { name, plan }: NamedPlan,
): Promise<Undisturbed> {
  const before = await picture();
  const desk = deskFor(plan);
  const [outcome, writes] = await writesOf(() => desk.apply(plan.changes, name));
  if (outcome.outcome !== 'applied') throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  const after = await picture();
  if (!plan.changes.some(isIrreversible)) await back(desk, plan.changes);
  return { before, after, writes };
}

/** Undoes a plan that was applied. */
export async function back(desk: Desk, changes: readonly Change[]): Promise<void> {
  const outcome = await desk.undo(changes);
  if (outcome.outcome !== 'applied') throw new Error(JSON.stringify(outcome));
}

/** A plan whose process died at a write, and who comes after it. */
export function interrupted({ deskFor, writesOf }: Telling, { name, plan }: NamedPlan, death: Death) {
  const desk = deskFor(plan);
  return {
    desk,
    died: () => applyDying(name, plan.changes, desk.applying, death),
    /** The same plan once more, with the journal of the process that died. */
    again: () => writesOf(() => desk.apply(plan.changes, name)),
    /** Somebody takes back what the process wrote, as soon as it can be. */
    takenBack: () => desk.toEnd(plan.changes, true, name),
  };
}

/** The kinds of a plan's changes: plans of one story with the same kinds die the same deaths. */
export const shapeOf = ({ changes }: Plan): string =>
  [...new Set(changes.map(({ kind, before, after }) => `${kind}:${before === null}:${after === null}`))].join(
    ' ',
  );
