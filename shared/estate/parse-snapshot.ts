import type * as z from 'zod';
import { SNAPSHOT_VERSION, type Snapshot, snapshotSchema } from './snapshot.ts';

/** Why a text is no snapshot: what is wrong, where (`path: message`, bounded), and what to do. */
interface SnapshotProblem {
  readonly what: string;
  readonly where: readonly string[];
  readonly remedy: string;
}

/** `error` is the problem in one line. */
export type ParsedSnapshot =
  | { readonly snapshot: Snapshot }
  | { readonly error: string; readonly problem: SnapshotProblem };

const MOST_LINES = 20;
const MOST_CHARACTERS = 200;

/**
 * Reads a snapshot from its JSON text (already unzipped). Never throws: a text that is no JSON, another schema version
 * and every violation of the schema come back as one problem.
 */
export function parseSnapshot(text: string): ParsedSnapshot {
  let data: unknown;
  try {
    data = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    return refused({
      what: 'The snapshot is not valid JSON.',
      where: [bounded(error instanceof Error ? error.message : String(error))],
      remedy:
        'Take a new one with `podtrust collect`; a file that was cut off or edited by hand does not parse.',
    });
  }
  return checkSnapshot(data);
}

/** Checks data that was parsed already, from any source, against the schema. */
export function checkSnapshot(data: unknown): ParsedSnapshot {
  const version = versionOf(data);
  if (version !== SNAPSHOT_VERSION) return refused(wrongVersion(version));
  const result = snapshotSchema.safeParse(data);
  if (!result.success) return refused(violations(result.error.issues));
  const twice = repeatedAccount(result.data);
  if (twice !== null) {
    return refused({
      what: 'The snapshot holds one account twice.',
      where: [`accounts: ${twice} is repeated`],
      remedy: 'Merge the two entries: each account is listed once, with everything that was read of it.',
    });
  }
  return { snapshot: result.data };
}

function refused(problem: SnapshotProblem): ParsedSnapshot {
  const { what, where, remedy } = problem;
  return { problem, error: [what, ...(where.length > 0 ? [`${where.join('; ')}.`] : []), remedy].join(' ') };
}

const isObject = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

const versionOf = (data: unknown): unknown => (isObject(data) ? data['schemaVersion'] : undefined);

function wrongVersion(version: unknown): SnapshotProblem {
  const what =
    version === undefined
      ? 'This is not a podtrust snapshot: it has no schemaVersion.'
      : `The snapshot has schema version ${bounded(JSON.stringify(version) ?? String(version))}.`;
  const newer = typeof version === 'number' && version > SNAPSHOT_VERSION;
  return {
    what,
    where: [],
    remedy: `This podtrust reads version ${SNAPSHOT_VERSION}: ${
      newer ? 'use a newer podtrust, or take the snapshot' : 'take the snapshot again'
    } with this one by \`podtrust collect\`.`,
  };
}

function violations(issues: readonly z.core.$ZodIssue[]): SnapshotProblem {
  const lines = issues
    .slice(0, MOST_LINES)
    .map((issue) => bounded(`${pathOf(issue.path)}: ${lowerFirst(issue.message)}`));
  const more = issues.length - lines.length;
  return {
    what: 'The snapshot does not have the shape of its schema.',
    where: more > 0 ? [...lines, `and ${more} more`] : lines,
    remedy: 'See docs/snapshot.md, or take a new one with `podtrust collect`.',
  };
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'snapshot'
    : path
        .map((part, index) =>
          typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`,
        )
        .join('');

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** One line without control characters, cut to what a terminal can bear: the text may come from anywhere. */
function bounded(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}

function repeatedAccount(snapshot: Snapshot): string | null {
  const seen = new Set<string>();
  for (const { id } of snapshot.accounts) {
    if (seen.has(id)) return id;
    seen.add(id);
  }
  return null;
}
