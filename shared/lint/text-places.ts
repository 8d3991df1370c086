/** Where the characters of a quoted or folded text stand in the file: policies are often written inside one. */

/** For a JSON string, and for YAML's double quotes on one line: from the index of a character to its offset. */
export function quotedPlaces(raw: string, at: number): (index: number) => number {
  const offsets: number[] = [];
  for (let index = 1; index < raw.length - 1; ) {
    offsets.push(at + index);
    const length = escapeLength(raw, index);
    // An eight-digit escape of YAML can be two units of UTF-16.
    if (length === 10) offsets.push(at + index);
    index += length;
  }
  return (index) => offsets[Math.min(index, offsets.length - 1)] ?? at;
}

function escapeLength(raw: string, index: number): number {
  if (raw[index] !== '\\') return 1;
  switch (raw[index + 1]) {
    case 'u':
      return 6;
    case 'x':
      return 4;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

/** For YAML's single quotes on one line, in which a quote is written twice. */
export function singleQuotedPlaces(raw: string, at: number): (index: number) => number {
  const offsets: number[] = [];
  for (let index = 1; index < raw.length - 1; index += raw[index] === "'" ? 2 : 1) offsets.push(at + index);
  return (index) => offsets[Math.min(index, offsets.length - 1)] ?? at;
}

/** For YAML's block scalars that keep their lines (`|`): line by line, the indentation left out. */
export function blockPlaces(raw: string, at: number, value: string): (index: number) => number {
  const header = raw.indexOf('\n');
  if (header < 0) return () => at;
  const starts: { readonly inner: number; readonly outer: number }[] = [];
  let outer = header + 1;
  let inner = 0;
  const indent = indentOf(raw.slice(header + 1), value);
  for (const line of value.split('\n')) {
    starts.push({ inner, outer: outer + indent });
    inner += line.length + 1;
    const next = raw.indexOf('\n', outer);
    if (next < 0) break;
    outer = next + 1;
  }
  return (index) => {
    const line = starts.findLast((start) => start.inner <= index);
    return line === undefined ? at : at + line.outer + (index - line.inner);
  };
}

function indentOf(body: string, value: string): number {
  const line = body.split('\n').find((one) => one.trim() !== '') ?? '';
  const own = value.split('\n').find((one) => one.trim() !== '') ?? '';
  return leading(line) - leading(own);
}

const leading = (line: string): number => line.length - line.trimStart().length;
