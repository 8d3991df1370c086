/** The words of one logical line of a POSIX shell, as far as examples use it; operators are words of their own. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? '';
    if (letter === "'" || letter === '"') {
      const end = line.indexOf(letter, at + 1);
      word = (word ?? '') + line.slice(at + 1, end < 0 ? undefined : end);
      at = end < 0 ? line.length : end;
    } else if (line.startsWith('$(', at)) {
      const end = line.indexOf(')', at);
      word = (word ?? '') + line.slice(at, end + 1);
      at = end;
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (/[|&;<>()]/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
      const operator = /^(&&|\|\||[|&;<>()])/.exec(line.slice(at))?.[1] ?? letter;
      words.push(operator);
      at += operator.length - 1;
    } else if (letter === '#' && word === null) {
      break;
    } else if (letter === '\\' && at + 1 < line.length) {
      word = (word ?? '') + line[++at];
    } else word = (word ?? '') + letter;
  }
  return word === null ? words : [...words, word];
}

const ENDS: ReadonlySet<string> = new Set(['|', '||', '&&', '&', ';', '(', ')']);

/** The commands of a line: its words between operators, without redirections and variables. */
export function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  const words = shellWords(line);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (ENDS.has(word)) commands.push([]);
    else if (word === '<' || word === '>') {
      if (words[at + 1] !== '(') at += 1;
    } else commands.at(-1)?.push(word);
  }
  return commands.map((command) => command.slice(command.findIndex((word) => !/^[A-Z_]+=/.test(word))));
}
