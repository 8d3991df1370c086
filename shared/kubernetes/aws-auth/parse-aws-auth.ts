import { lowerCase } from './lower-case.ts';
import {
  type AwsAuthAccount,
  type AwsAuthRow,
  type AwsAuthSection,
  type LostText,
  type ParsedAwsAuth,
  SECTIONS,
  type SectionState,
} from './parsed.ts';
import type { AwsAuthProblem } from './problem.ts';
import { accountProblems, dataKeyProblems, rowProblems } from './row-problems.ts';
import { readAccounts } from './section-accounts.ts';
import { nameOf, placeOf, readRows } from './section-rows.ts';
import { type Mark, YamlError } from './yaml/reader.ts';
import { depthOf, readValue, unfitOf } from './yaml/value.ts';

/** What stands for a row or a group and is no error to encoding/json. */
const HARMLESS: ReadonlySet<string> = new Set(['nothing', 'an empty mapping']);

interface SectionResult {
  readonly state: SectionState;
  readonly rows: readonly AwsAuthRow[];
  readonly accounts: readonly AwsAuthAccount[];
  readonly problems: readonly AwsAuthProblem[];
}

/** A map with more is no map; the rest is left out. */
const MOST_PROBLEMS = 1000;

/** encoding/json refuses documents that nest deeper. */
const DEEPEST_JSON = 10_000;

/**
 * Reads the data of `kube-system/aws-auth` as aws-iam-authenticator 0.6.13 does (pkg/mapper/configmap), errors as
 * data: nothing that a ConfigMap can hold makes it throw. EKS runs a build of its own, whose differences are not
 * published; what is said here of a document is what the public one does with it.
 */
export function parseAwsAuth(data: Readonly<Record<string, string>>): ParsedAwsAuth {
  const results = {
    mapRoles: readSection(data, 'mapRoles'),
    mapUsers: readSection(data, 'mapUsers'),
    mapAccounts: readSection(data, 'mapAccounts'),
  };
  const rows = [...results.mapRoles.rows, ...results.mapUsers.rows];
  const { accounts } = results.mapAccounts;
  const keyProblems = dataKeyProblems(Object.keys(data));
  return {
    sections: {
      mapRoles: results.mapRoles.state,
      mapUsers: results.mapUsers.state,
      mapAccounts: results.mapAccounts.state,
    },
    rows,
    accounts,
    effective: {
      roles: lastOfEach(results.mapRoles.rows),
      users: lastOfEach(results.mapUsers.rows),
      accounts: new Set(accounts.map(({ account }) => account)),
    },
    problems: [
      ...keyProblems,
      ...SECTIONS.flatMap((section) => results[section].problems),
      ...rowProblems(results.mapRoles.rows, data['mapRoles'] ?? ''),
      ...rowProblems(results.mapUsers.rows, data['mapUsers'] ?? ''),
      ...accountProblems(accounts),
    ].slice(0, MOST_PROBLEMS),
    lost: [
      ...SECTIONS.filter((section) => results[section].state === 'lost').map((section) => ({
        section,
        text: data[section] ?? '',
      })),
      ...misspelt(keyProblems, data),
    ],
  };
}

function misspelt(problems: readonly AwsAuthProblem[], data: Readonly<Record<string, string>>): LostText[] {
  return problems.flatMap((problem) => {
    const section = SECTIONS.find((one) => problem.kind === 'unknown-data-key' && problem.meant === one);
    return problem.kind === 'unknown-data-key' && section !== undefined
      ? [{ section, key: problem.key, text: data[problem.key] ?? '' }]
      : [];
  });
}

function lastOfEach(rows: readonly AwsAuthRow[]): ReadonlyMap<string, AwsAuthRow> {
  return new Map(rows.filter(({ arn }) => arn !== '').map((row) => [lowerCase(row.arn), row]));
}

function readSection(data: Readonly<Record<string, string>>, section: AwsAuthSection): SectionResult {
  const nothing = { rows: [], accounts: [], problems: [] };
  const text = Object.hasOwn(data, section) ? data[section] : undefined;
  if (text === undefined) {
    return { state: 'absent', ...nothing };
  }
  if (EMPTY.has(trimmed(text))) {
    return { state: 'empty', ...nothing };
  }
  try {
    return section === 'mapAccounts' ? readAccountSection(text) : readRowSection(section, text);
  } catch (error) {
    if (!(error instanceof YamlError)) {
      throw error;
    }
    return { state: 'lost', ...nothing, problems: [unreadable(section, error)] };
  }
}

// White space as Go's unicode.IsSpace has it: NEL is some, a byte order mark is none.
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const EMPTY: ReadonlySet<string> = new Set(['', '``', '""', "''"]);

function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && SPACE.test(text.charAt(from))) {
    from += 1;
  }
  while (to > from && SPACE.test(text.charAt(to - 1))) {
    to -= 1;
  }
  return text.slice(from, to);
}

function unreadable(section: AwsAuthSection, error: YamlError): AwsAuthProblem {
  const { since } = error;
  return {
    kind: 'unreadable',
    effect: 'section-lost',
    section,
    line: error.at.line + 1,
    column: error.at.column + 1,
    reason: error.message,
    ...(since !== undefined && { since: { line: since.line + 1, column: since.column + 1 } }),
  };
}

function readRowSection(section: 'mapRoles' | 'mapUsers', text: string): SectionResult {
  const lost = { state: 'lost', rows: [], accounts: [] } as const;
  // What begins with a brace is taken for JSON, and an object is no list.
  if (trimmed(text).startsWith('{')) {
    const problem = { kind: 'not-a-list', found: 'a mapping', section, line: 1, column: 1 } as const;
    return { ...lost, problems: [{ ...problem, effect: 'section-lost' }] };
  }
  const { value, ignored } = readValue(text);
  if (value === undefined || value.kind === 'null') {
    return { state: 'empty', rows: [], accounts: [], problems: ignoredDocument(section, ignored) };
  }
  const unfit = unfitOf(value);
  if (unfit !== undefined) {
    throw new YamlError(unfit.problem, unfit.at);
  }
  if (depthOf(value) > DEEPEST_JSON) {
    throw new YamlError('exceeded max depth', value.at);
  }
  if (value.kind !== 'sequence') {
    const found = nameOf(value);
    return {
      ...lost,
      problems: [{ kind: 'not-a-list', effect: 'section-lost', found, ...placeOf(section, value) }],
    };
  }
  const { rows, problems } = readRows(section, value.items);
  const broken = problems.some((problem) => 'found' in problem && !HARMLESS.has(problem.found));
  return {
    state: broken ? 'partly' : 'read',
    rows,
    accounts: [],
    problems: [...problems, ...ignoredDocument(section, ignored)],
  };
}

function readAccountSection(text: string): SectionResult {
  const { accounts, problems, ignored } = readAccounts(text);
  const lost = problems.some(({ kind }) => kind === 'not-a-list');
  const read = problems.length === 0 ? 'read' : 'partly';
  return {
    state: lost ? 'lost' : read,
    rows: [],
    accounts,
    problems: [...problems, ...ignoredDocument('mapAccounts', ignored)],
  };
}

function ignoredDocument(section: AwsAuthSection, ignored: Mark | undefined): AwsAuthProblem[] {
  return ignored === undefined
    ? []
    : [
        {
          kind: 'ignored-document',
          effect: 'none',
          section,
          line: ignored.line + 1,
          column: ignored.column + 1,
        },
      ];
}
