import { distance } from 'fastest-levenshtein';
import { arnProblem } from './arn-problem.ts';
import { lowerCase } from './lower-case.ts';
import { type AwsAuthAccount, type AwsAuthRow, SECTIONS } from './parsed.ts';
import type { AwsAuthProblem } from './problem.ts';
import { TEMPLATES } from './render.ts';
import { ARN_FIELD, fieldOf } from './section-rows.ts';

/** What people write for a field, beyond typing mistakes. */
const SYNONYMS: Readonly<Record<string, 'arn' | 'username' | 'groups'>> = {
  arn: 'arn',
  role: 'arn',
  rolearn: 'arn',
  user: 'username',
  userarn: 'arn',
  name: 'username',
  group: 'groups',
};
const MOST_TYPOS = 2;
const LONGEST_KEY = 64;

/** Keys of the ConfigMap that nobody reads. */
export function dataKeyProblems(keys: readonly string[]): AwsAuthProblem[] {
  const has = (section: string): boolean => keys.includes(section);
  const unread = keys.filter((key) => !SECTIONS.some((section) => section === key));
  return unread.map((key) => {
    const near = nearest(bare(key), SECTIONS);
    // Beside the section itself, mapRoles2 may be a note; maproles never is.
    const meant = near !== undefined && has(near) && bare(key) !== lowerCase(near) ? undefined : near;
    return meant === undefined
      ? { kind: 'unknown-data-key', effect: 'none', key }
      : { kind: 'unknown-data-key', effect: 'section-lost', key, meant };
  });
}

function bare(key: string): string {
  return lowerCase(key.slice(0, LONGEST_KEY)).replaceAll(/[^a-z0-9]/g, '');
}

function nearest<T extends string>(key: string, names: readonly T[]): T | undefined {
  const ranked = names
    .map((name) => ({ name, typos: distance(key, lowerCase(name)) }))
    .sort((left, right) => left.typos - right.typos);
  const best = ranked[0];
  return best !== undefined && best.typos <= MOST_TYPOS ? best.name : undefined;
}

/** What is wrong with rows of one section that were read; `text` is the section's. */
export function rowProblems(rows: readonly AwsAuthRow[], text: string): AwsAuthProblem[] {
  const isWritten = lookUp(text);
  return [...rows.flatMap((row) => problemsOf(row, isWritten)), ...duplicates(rows)];
}

/** Each look goes through the whole text: after some thousand, which no hand wrote, the answer is yes. */
const MOST_LOOKS = 2000;

function lookUp(text: string): (part: string) => boolean {
  let looks = 0;
  return (part) => ++looks > MOST_LOOKS || text.includes(part);
}

function placeOf({ section, line, column, index }: AwsAuthRow) {
  return { section, line, column, row: index };
}

function problemsOf(row: AwsAuthRow, isWritten: (part: string) => boolean): AwsAuthProblem[] {
  if (row.written.length === 0) {
    return [];
  }
  const problems = unknownKeys(row);
  if (row.arn === '') {
    return [...missingArn(row), ...problems];
  }
  const wrongArn = arnProblem(row);
  if (wrongArn !== undefined) {
    problems.push({ ...wrongArn, ...placeOf(row) });
  }
  const named = row.written.some(
    ({ key, value }) => fieldOf(row.section, key) === 'username' && !isNothing(value),
  );
  if (row.username === '' && !named) {
    problems.push({ kind: 'no-username', effect: 'row-altered', ...placeOf(row) });
  }
  return [...problems, ...templateProblems(row), ...joinedGroups(row, isWritten)];
}

function isNothing(value: string | readonly string[]): boolean {
  return value === '' || value === '~' || (typeof value === 'string' && /^null$/i.test(value));
}

function missingArn(row: AwsAuthRow): AwsAuthProblem[] {
  const field = row.written.find(({ key }) => fieldOf(row.section, key) === 'arn');
  return field === undefined || isNothing(field.value)
    ? [{ kind: 'no-arn', effect: 'row-lost', wanted: ARN_FIELD[row.section], ...placeOf(row) }]
    : [];
}

function unknownKeys(row: AwsAuthRow): AwsAuthProblem[] {
  const keys = new Set(row.written.map(({ key }) => lowerCase(key)));
  return row.written
    .filter(({ key }) => fieldOf(row.section, key) === undefined)
    .map(({ key, line, column }) => {
      const meant = meantField(row.section, keys, bare(key));
      const lost = meant === ARN_FIELD[row.section] && row.arn === '' ? 'row-lost' : 'row-altered';
      const at = { ...placeOf(row), line, column };
      return meant === undefined
        ? { kind: 'unknown-key', effect: 'none', key, ...at }
        : { kind: 'unknown-key', effect: lost, key, meant, ...at };
    });
}

function meantField(
  section: AwsAuthRow['section'],
  written: ReadonlySet<string>,
  key: string,
): string | undefined {
  const synonym = Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key] : undefined;
  const field = synonym === 'arn' ? ARN_FIELD[section] : synonym;
  const meant = field ?? nearest(key, [ARN_FIELD[section], 'username', 'groups']);
  // Beside the field itself it is a note.
  return meant === undefined || written.has(meant) ? undefined : meant;
}

function templateProblems(row: AwsAuthRow): AwsAuthProblem[] {
  const written = [row.username, ...row.groups].flatMap((name) => name.match(/\{\{[^{}]*\}\}/g) ?? []);
  const unknown = new Set(written.filter((template) => !TEMPLATES.some((known) => known === template)));
  return [...unknown].map((template) => {
    const names = TEMPLATES.map((known) => known.slice(2, -2));
    const meant = nearest(bare(template), names);
    return {
      kind: 'unknown-template',
      effect: 'row-altered',
      template,
      ...(meant !== undefined && { meant: `{{${meant}}}` }),
      ...placeOf(row),
    };
  });
}

// A list item indented too far continues the text of the item above it; on one line it is the group's name.
function joinedGroups(row: AwsAuthRow, isWritten: (part: string) => boolean): AwsAuthProblem[] {
  return row.groups
    .filter((group) => / - /.test(group) && !isWritten(group))
    .map((group) => ({ kind: 'joined-groups', effect: 'row-altered', group, ...placeOf(row) }));
}

function duplicates(rows: readonly AwsAuthRow[]): AwsAuthProblem[] {
  const winners = new Map(rows.map((row) => [lowerCase(row.arn), row]));
  const isAlike = comparison();
  return rows.flatMap((row): AwsAuthProblem[] => {
    const winner = winners.get(lowerCase(row.arn));
    if (row.arn === '' || winner === undefined || winner === row) {
      return [];
    }
    const { arn } = row;
    return [
      {
        kind: 'duplicate',
        effect: 'row-lost',
        arn,
        winner: winner.index,
        alike: isAlike(row, winner),
        ...placeOf(row),
      },
    ];
  });
}

/** Whether a row grants what the one that counts does; many rows may have the same winner. */
function comparison(): (row: AwsAuthRow, winner: AwsAuthRow) => boolean {
  const known = new Map<AwsAuthRow, ReadonlySet<string>>();
  return (row, winner) => {
    const groups = known.get(winner) ?? new Set(winner.groups);
    known.set(winner, groups);
    return (
      row.username === winner.username &&
      groups.size === new Set(row.groups).size &&
      row.groups.every((group) => groups.has(group))
    );
  };
}

/** Items of mapAccounts that are no account ids. */
export function accountProblems(accounts: readonly AwsAuthAccount[]): AwsAuthProblem[] {
  return accounts
    .filter(({ account }) => !/^\d{12}$/.test(account))
    .map(({ account, index, section, line, column }) => ({
      kind: 'wrong-account',
      effect: 'row-lost',
      account,
      section,
      line,
      column,
      row: index,
    }));
}
