import { digestOf, type Plan } from '../../shared/changes/plan.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { planMarkdown } from '../../shared/plans/describe/markdown.ts';
import { planText } from '../../shared/plans/describe/text.ts';
import { UsageError } from '../errors.ts';
import type { Cli } from '../program.ts';
import { json } from './json.ts';
import { plainLines } from './plain.ts';
import { styleFor } from './style.ts';

/** Formats in which plans are printed. */
export type PlanOutput = 'text' | 'json' | 'markdown';

/** Endings of files with a plan. */
export const PLAN_EXTENSIONS: Readonly<Record<PlanOutput, string>> = {
  text: 'txt',
  json: 'json',
  markdown: 'md',
};

/** The name of exactly this plan, which approvals and `podtrust apply` give. */
export function planDigest(plan: Plan): string {
  return digestOf(plan, sha256);
}

/** A plan in one format; text without colours when it goes to a file. */
export function renderedPlan(plan: Plan, output: PlanOutput, toFile: boolean, { io }: Cli): string {
  switch (output) {
    case 'json':
      return json(plan);
    case 'markdown':
      return planMarkdown(plan, planDigest(plan));
    case 'text': {
      const { bold, green, red } = styleFor(toFile ? { ...io, colours: false } : io);
      return planText(plan, planDigest(plan), plainLines, { title: bold, added: green, removed: red });
    }
    default:
      throw new UsageError(`unknown output "${String(output)}".`);
  }
}
