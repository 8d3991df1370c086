import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { commandsOf } from './shell-words.ts';

/** A call of podtrust that a document or a help text shows. */
export interface Documented {
  /** Where: `docs/lint.md:6`, or `podtrust lint --help`. */
  readonly at: string;
  /** Words after `podtrust`. */
  readonly argv: readonly string[];
  /** Whether it stands in a block of commands; what stands within a sentence may be a name and no more. */
  readonly example: boolean;
}

const root = new URL('../../../', import.meta.url);

/** Every document for people. */
export function documents(): string[] {
  const under = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' });
  const docs = under.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', 'events/README.md', ...docs.sort()];
}

/** The calls in a document: those in blocks, and those in code within sentences and tables. */
export function callsIn(file: string): Documented[] {
  const text = readFileSync(new URL(file, root), 'utf8');
  const lines = text.split('\n');
  const found: Documented[] = [];
  let fenced = false;
  for (let at = 0; at < lines.length; at++) {
    const place = `${file}:${at + 1}`;
    let line = lines[at] ?? '';
    if (/^\s*```/.test(line)) fenced = !fenced;
    else if (fenced) {
      while (line.endsWith('\\')) line = `${line.slice(0, -1)} ${lines[++at]?.trim() ?? ''}`;
      found.push(...callsOf(line.replace(/^\s*\$ /, '')).map((argv) => ({ at: place, argv, example: true })));
    } else
      for (const [, , code = ''] of line.matchAll(/(`+)(.+?)\1/g))
        found.push(...callsOf(code).map((argv) => ({ at: place, argv, example: false })));
  }
  return found;
}

/** The calls among the examples of every command's help. */
export function callsInHelp(program: Command, path = ''): Documented[] {
  let text = '';
  program
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
    })
    .outputHelp();
  const own = (text.split('Examples:\n')[1] ?? '')
    .replace(/ \\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => /^ {2}\$ /.test(line))
    .flatMap((line) => callsOf(line.replace(/^ {2}\$ /, '')))
    .map((argv) => ({ at: `podtrust${path} --help`, argv, example: true }));
  return [...own, ...program.commands.flatMap((one) => callsInHelp(one, `${path} ${one.name()}`))];
}

/** What of a line calls podtrust; a remark behind several spaces is none of it. */
function callsOf(line: string): string[][] {
  return commandsOf(line.replace(/(\S)\s{3,}.*$/, '$1')).flatMap((words) => {
    if (words[0] === 'podtrust') return [words.slice(1)];
    const npm = /^npm run (?:-s )?podtrust --(?: |$)/.exec(words.join(' '));
    if (npm !== null) return [words.slice(words.indexOf('--') + 1)];
    return words.join(' ') === 'npm run demo' ? [['demo']] : [];
  });
}
