import { joined, slice } from './joined.ts';
import { type Located, type Text, textAt } from './located.ts';
import type { Values } from './unresolved.ts';

/**
 * What tools and people write for a value that is filled in before a file is used: `${NAME}` and `$NAME` of shells, Flux
 * and Terraform's templates, `<NAME>`, `{{ .Name }}` of Helm and Jinja, `%s` of format strings, `@NAME@`, `__NAME__`, and words
 * in the place of an account. Policy variables (`${aws:PrincipalTag/team}`, `${*}`) are none.
 */
const PLACEHOLDER = new RegExp(
  [
    String.raw`\$\{\s*[A-Za-z_][^{}:]*(?::[-=?+][^{}]*)?\}`,
    String.raw`\$[A-Za-z_]\w*`,
    String.raw`<[A-Za-z][^<>\n]*>`,
    String.raw`\{\{[^{}\n]*\}\}`,
    String.raw`%(?:\(\w+\)|\[\d+\])?[sdv]`,
    '@[A-Z][A-Z0-9_]*@',
    '__[A-Z][A-Z0-9_]*?__',
    String.raw`\b(?:REPLACE|CHANGE|INSERT|YOUR)[_-]?[A-Z][A-Z0-9_-]*`,
    '(?<=:iam::)(?:[A-Z][A-Z0-9_-]*|[Xx]{4,})(?=:)',
  ].join('|'),
  'g',
);

/** What the authenticator fills in itself, or what was meant for it. */
const OF_THE_AUTHENTICATOR = /^\{\{\s*[A-Za-z0-9]+\s*\}\}$/;

/** Tells the placeholders that are none in a document. */
export type Kept = (placeholder: string) => boolean;

/** Names in double braces that stay in `aws-auth`. */
export const authenticatorsOwn: Kept = (placeholder) => OF_THE_AUTHENTICATOR.test(placeholder);

const NONE_KEPT: Kept = () => false;

/** A value of a file with its placeholders as values that the file leaves open. */
export function withPlaceholders(node: Located, values: Values, kept: Kept = NONE_KEPT): Located {
  switch (node.kind) {
    case 'text':
      return filled(node, values, kept);
    case 'list':
      return { ...node, items: node.items.map((item) => withPlaceholders(item, values, kept)) };
    case 'map':
      return {
        ...node,
        members: node.members.map(({ key, keyAt, value }) => ({
          key: filled(textAt(key, keyAt), values, kept).value,
          keyAt,
          value: withPlaceholders(value, values, kept),
        })),
      };
    default:
      return node;
  }
}

function filled(text: Text, values: Values, kept: Kept): Text {
  const pieces: Text[] = [];
  let from = 0;
  for (const match of text.value.matchAll(PLACEHOLDER)) {
    const [written] = match;
    if (kept(written)) continue;
    const place = text.place(match.index);
    pieces.push(slice(text, from, match.index), textAt(values.value(nameOf(written, values), place), place));
    from = match.index + written.length;
  }
  return from === 0 ? text : joined([...pieces, slice(text, from, text.value.length)], text.at);
}

/** One of a format string is another value wherever it stands; one with a name is the same everywhere. */
function nameOf(written: string, { asked }: Values): string {
  if (!/^%[^(]/.test(written)) return written;
  const before = [...asked.values.keys()].filter((name) => name.startsWith(`${written} `));
  return `${written} (${before.length + 1})`;
}
