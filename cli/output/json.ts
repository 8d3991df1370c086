/** A document for machines: two spaces, one newline at the end. */
export function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
