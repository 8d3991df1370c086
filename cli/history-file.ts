import { type Transition, transitionSchema } from '../shared/findings/transition.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';

/**
 * Reads what was told of findings: one transition a line, a list of them, or what `podtrust replay --output json`
 * prints. The text that messages carry beside a transition is left out. Throws UsageError.
 */
export async function readHistory(file: string, io: Io): Promise<readonly Transition[]> {
  const text = await readText(file, 'history', io);
  return itemsOf(text, file).map((item, index) => {
    const { text: _words, ...rest } = Object(item);
    const parsed = transitionSchema.safeParse(rest);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new UsageError(
      `history "${file}": number ${index + 1} is no transition: ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  });
}

function itemsOf(text: string, file: string): readonly unknown[] {
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole;
  if (typeof whole === 'object' && whole !== null)
    return 'transitions' in whole && Array.isArray(whole.transitions) ? whole.transitions : [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const item = parsed(line);
    if (item === undefined)
      throw new UsageError(
        `history "${file}": line ${index + 1} is no JSON: it takes one transition a line.`,
      );
    return item;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
