import type { Asked } from '../../shared/plans/migrations/asked.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeText } from '../files.ts';
import type { Cli } from '../program.ts';
import { json } from './json.ts';
import { plainLines } from './plain.ts';
import { type PlanOutput, planDigest, renderedPlan } from './rendered-plan.ts';

/** How the answer to one wish is shown. */
export interface AskedOptions {
  readonly output: PlanOutput;
  readonly out?: string;
  readonly quiet?: boolean;
}

/** Shows the plan of something that was asked for, or writes it; says so where there is none. */
export async function showAsked(
  asked: Asked,
  { output, out, quiet }: AskedOptions,
  cli: Cli,
): Promise<ExitCode> {
  const { io } = cli;
  switch (asked.kind) {
    case 'declined':
      if (output === 'json') io.out(json({ declined: asked.reasons }));
      for (const reason of asked.reasons) io.err(`podtrust: no plan: ${plainLines(reason)}\n`);
      return EXIT.unknown;
    case 'done':
      if (output === 'json') io.out(json({ done: asked.words }));
      else io.out(`${plainLines(asked.words)} Nothing is left to do.\n`);
      return EXIT.ok;
    case 'plan': {
      const text = renderedPlan(asked.plan, output, out !== undefined, cli);
      if (out === undefined) io.out(text);
      else await writeText(out, text, io);
      if (quiet !== true && output === 'json') io.err(`podtrust: digest ${planDigest(asked.plan)}\n`);
      return EXIT.ok;
    }
  }
}
