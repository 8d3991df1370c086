import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type * as z from 'zod';
import { type Config, configSchema } from './config.ts';

/** One thing that is wrong with a configuration file, and where. */
interface ConfigProblem {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** `deployment.batchSeconds`, or `the document`. */
  readonly path: string;
  readonly message: string;
}

export type CheckedConfig = { readonly config: Config } | { readonly problems: readonly ConfigProblem[] };

const MOST_PROBLEMS = 50;

/** Checks the text of `podtrust.config.json`, and says of each problem where it is. Never throws. */
export function checkConfig(text: string): CheckedConfig {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const [broken] = errors;
  if (broken !== undefined || tree === undefined) {
    const why = broken === undefined ? 'the file is empty' : words(printParseErrorCode(broken.error));
    const message = `it is no JSON: ${why}`;
    return { problems: [{ ...place(text, broken?.offset ?? 0), path: 'the document', message }] };
  }
  const result = configSchema.safeParse(JSON.parse(text));
  if (result.success) return { config: result.data };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, text, tree));
  return { problems: problems.slice(0, MOST_PROBLEMS) };
}

/** An unknown key is a problem at the key itself, each by itself. */
function problemsOf(issue: z.core.$ZodIssue, text: string, tree: Node): ConfigProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code !== 'unrecognized_keys')
    return [{ ...place(text, nodeAt(tree, path).offset), path: shown(path), message: issue.message }];
  return issue.keys.map((key) => {
    const value = findNodeAtLocation(tree, [...path, key]);
    const offset = value?.parent?.offset ?? nodeAt(tree, path).offset;
    const message = 'there is no such setting; `podtrust config schema` lists them';
    return { ...place(text, offset), path: shown([...path, key]), message };
  });
}

/** The node at a path, or the nearest one around it: what is missing has no place of its own. */
function nodeAt(tree: Node, path: readonly (string | number)[]): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return tree;
}

function shown(path: readonly (string | number)[]): string {
  return path.length === 0 ? 'the document' : path.join('.');
}

function place(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** `PropertyNameExpected` → `property name expected`. */
function words(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
