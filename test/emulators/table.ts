import { type Answer, differences } from './answer.ts';
import { REASONS } from './reasons.ts';
import type { Script, Step } from './step.ts';

/** One difference at one step, with its reason if there is one. */
export interface Row {
  readonly emulator: string;
  readonly step: Step;
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
  readonly why: string | null;
}

/** Where an emulator's answers to a script differ from the simulator's, steps that need a missing operation left out. */
export function rowsOf(
  script: Script,
  emulator: string,
  ours: readonly Answer[],
  theirs: readonly Answer[],
): Row[] {
  const missing = new Set(
    script.steps
      .filter((_, index) => theirs[index]?.kind === 'not-implemented')
      .map(({ operation }) => operation),
  );
  return script.steps.flatMap((step, index) => {
    const [mine, other] = [ours[index], theirs[index]];
    if (mine === undefined || other === undefined || step.needs?.some((name) => missing.has(name))) return [];
    return differences(mine, other).map((difference) => ({
      emulator,
      step,
      ...difference,
      why: whyOf(emulator, step.operation, difference.field),
    }));
  });
}

function whyOf(emulator: string, operation: string, field: string): string | null {
  const found = REASONS.find(
    (reason) =>
      (reason.emulator === '*' || reason.emulator === emulator) &&
      reason.operation.test(operation) &&
      reason.field.test(field),
  );
  return found?.why ?? null;
}

/** The differences as a Markdown table: one line for each emulator, difference and reason. */
export function tableOf(rows: readonly Row[]): string {
  const lines = new Map<string, Set<string>>();
  for (const { emulator, step, field, ours, theirs, why } of rows) {
    const place = step.case === undefined ? step.operation : `${step.operation} (${step.case})`;
    const answers = `\`${field.replace(/\.\d+/g, '[]')}\`: ${cell(ours)} here, ${cell(theirs)} there`;
    const key = `${answers} | ${why ?? UNEXPLAINED} |`;
    const line = `| ${emulator} | % | ${key}`;
    lines.set(line, (lines.get(line) ?? new Set()).add(place));
  }
  const head = '| emulator | operations | difference | why it is so here |\n|---|---|---|---|';
  const body = [...lines].map(([line, places]) => line.replace('%', [...places].sort().join(', ')));
  return [head, ...body.sort()].join('\n');
}

const UNEXPLAINED = '**unexplained**';
const cell = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** Operations of the scripts that an emulator does not have. */
export function missingOf(script: Script, theirs: readonly Answer[]): string[] {
  const missing = script.steps.filter((_, index) => theirs[index]?.kind === 'not-implemented');
  return [...new Set(missing.map(({ service, operation }) => `${service}:${operation}`))];
}
