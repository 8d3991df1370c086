import type { Command } from 'commander';

/** A command by its path, `waivers check`, and its long flags. */
export interface Verb {
  readonly path: string;
  readonly command: Command;
  readonly flags: readonly string[];
}

/** Every command that does something. */
export function verbsOf(program: Command, path: readonly string[] = []): Verb[] {
  if (program.commands.length > 0)
    return program.commands.flatMap((one) => verbsOf(one, [...path, one.name()]));
  return [{ path: path.join(' '), command: program, flags: program.options.map(({ long }) => long ?? '') }];
}

/** The command that words name, and which of its flags they give, by their long names; null when there is none. */
export function calledBy(
  words: readonly string[],
  verbs: readonly Verb[],
): { path: string; flags: string[] } | null {
  const verb =
    verbs.find(({ path }) => path === words.slice(0, 2).join(' ')) ??
    verbs.find(({ path }) => path === words[0]);
  if (verb === undefined) return null;
  const options = [...verb.command.options, ...(verb.command.parent?.options ?? [])];
  const flags = words
    .filter((word) => /^-{1,2}[a-z]/.test(word))
    .map((word) => word.replace(/=.*/, ''))
    .map((word) => options.find(({ long, short }) => long === word || short === word)?.long ?? word);
  return { path: verb.path, flags };
}
