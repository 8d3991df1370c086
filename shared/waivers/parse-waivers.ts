import { type Document, isMap, isNode, isPair, LineCounter, type Node, parseDocument } from 'yaml';
import type * as z from 'zod';
import { type Waiver, waiverFileSchema } from './waiver.ts';

/** One thing that is wrong with a file of waivers, and where; line and column from 1. */
interface WaiverProblem {
  readonly line: number;
  readonly column: number;
  /** `waivers.0.expires`, or `the document`. */
  readonly path: string;
  readonly message: string;
}

export type ReadWaivers =
  | { readonly waivers: readonly Waiver[]; readonly lines: readonly number[] }
  | { readonly problems: readonly WaiverProblem[] };

const LONGEST_FILE = 2_000_000;
const MOST_PROBLEMS = 50;

/**
 * Reads the text of `podtrust.waivers.yaml`: the waivers and the line on which each begins, or everything that is wrong.
 * A rule that `isRule` does not know is a problem, since its waiver would accept nothing in silence. Never throws.
 */
export function readWaivers(text: string, isRule: (name: string) => boolean): ReadWaivers {
  if (text.length > LONGEST_FILE)
    return { problems: [{ line: 1, column: 1, path: 'the document', message: 'it is larger than 2 MB' }] };
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, logLevel: 'error' });
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    return {
      problems: document.errors.slice(0, MOST_PROBLEMS).map(({ message, pos: [start] }) => ({
        ...at(start),
        path: 'the document',
        message: `it is no YAML: ${message.split('\n')[0] ?? ''}`,
      })),
    };
  }
  const value = contentOf(document);
  if ('problem' in value) return { problems: [{ ...at(0), path: 'the document', message: value.problem }] };
  const result = waiverFileSchema.safeParse(value.value);
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, document, at));
    return { problems: problems.slice(0, MOST_PROBLEMS) };
  }
  const { waivers } = result.data;
  const unknown = waivers.flatMap(({ rule }, index) =>
    rule === undefined || isRule(rule)
      ? []
      : [
          {
            ...at(offsetOf(document, ['waivers', index, 'rule'])),
            path: `waivers.${index}.rule`,
            message: `there is no rule ${JSON.stringify(rule)}; \`podtrust rules\` lists them`,
          },
        ],
  );
  if (unknown.length > 0) return { problems: unknown.slice(0, MOST_PROBLEMS) };
  return { waivers, lines: waivers.map((_, index) => at(offsetOf(document, ['waivers', index])).line) };
}

/** Aliases that would grow beyond all bounds make the library throw. */
function contentOf(document: Document): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) ?? { waivers: [] } };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  document: Document,
  at: (offset: number) => { line: number; column: number },
): WaiverProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const shown = (parts: readonly (string | number)[]) =>
    parts.length === 0 ? 'the document' : parts.join('.');
  if (issue.code !== 'unrecognized_keys')
    return [{ ...at(offsetOf(document, path)), path: shown(path), message: issue.message }];
  return issue.keys.map((key) => ({
    ...at(offsetOf(document, [...path, key])),
    path: shown([...path, key]),
    message: 'there is no such field',
  }));
}

/** Where the thing at a path begins, or the nearest one around it; a field begins with its name. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = nodeAt(document, path.slice(0, length));
    if (node?.range) return node.range[0];
  }
  return isNode(document.contents) ? (document.contents.range?.[0] ?? 0) : 0;
}

function nodeAt(document: Document, path: readonly (string | number)[]): Node | undefined {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(holder)) {
    const pair = holder.items.find((item) => isPair(item) && String(item.key) === String(last));
    if (isNode(pair?.key)) return pair.key;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node : undefined;
}
