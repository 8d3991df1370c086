/** Longest detail: enough for two ARNs and two subjects at their full length. */
const MOST_CHARACTERS = 1200;

/** One line of text without control and bidirectional characters, cut to what people read: parts of it come from strangers. */
export function bounded(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}
