/** A part of a document: made when its turn comes; what is iterated asynchronously becomes a list. */
type Part = readonly [name: string, make: () => unknown];

/** Writes an object as `json` does, part by part: lists need not fit into memory. */
export async function writeJson(out: (text: string) => void, parts: readonly Part[]): Promise<void> {
  out('{');
  for (const [index, [name, make]] of parts.entries()) {
    out(`${index === 0 ? '' : ','}\n  ${JSON.stringify(name)}: `);
    const part = make();
    if (isAsyncIterable(part)) await writeList(out, part);
    else out(indented(part, '  '));
  }
  out('\n}\n');
}

async function writeList(out: (text: string) => void, things: AsyncIterable<unknown>): Promise<void> {
  let first = true;
  for await (const thing of things) {
    out(`${first ? '[' : ','}\n    ${indented(thing, '    ')}`);
    first = false;
  }
  out(first ? '[]' : '\n  ]');
}

const indented = (thing: unknown, by: string): string =>
  JSON.stringify(thing, null, 2).replaceAll('\n', `\n${by}`);

function isAsyncIterable(thing: unknown): thing is AsyncIterable<unknown> {
  return typeof thing === 'object' && thing !== null && Symbol.asyncIterator in thing;
}
