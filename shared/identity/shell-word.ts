/** A text as one word of a shell: names come from clusters and files, and a printed command must not be more than it says. */
export function shellWord(text: string): string {
  return /^[\w.:/+=,@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
