type Span = readonly [from: number, to: number];

/** A text with a part of it replaced. */
export function splice(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}

/** A text without one of the parts that commas separate; the others stay as they stand. */
export function withoutPart(text: string, parts: readonly Span[], index: number): string | null {
  const [before, part, after] = [parts[index - 1], parts[index], parts[index + 1]];
  if (part === undefined) return null;
  if (after !== undefined) return splice(text, part[0], after[0], '');
  return splice(text, before?.[1] ?? part[0], part[1], '');
}
