import type { AwsAuthProblem } from './problem.ts';

/** Longest piece of the ConfigMap that a sentence repeats. */
const LONGEST = 200;

/** A problem as one sentence with its place: what is written, and what comes of it. Text from the map is quoted. */
export function describeProblem(problem: AwsAuthProblem): string {
  const { section, line, column } = problem;
  const where = section === undefined ? '' : `${section}${line === undefined ? '' : ` ${line}:${column}`}: `;
  return `${where}${sentence(problem)}`;
}

function sentence(problem: AwsAuthProblem): string {
  switch (problem.kind) {
    case 'unreadable':
    case 'not-a-list':
    case 'ignored-document':
    case 'unknown-data-key':
    case 'wrong-account':
    case 'not-an-account':
      return sectionSentence(problem);
    case 'not-a-row':
    case 'no-arn':
    case 'unknown-key':
    case 'repeated-key':
    case 'wrong-type':
    case 'wrong-group':
    case 'joined-groups':
    case 'no-username':
    case 'unknown-template':
    case 'duplicate':
      return rowSentence(problem);
    case 'not-an-arn':
    case 'assumed-role':
    case 'role-path':
    case 'wildcard':
    case 'root':
    case 'not-an-identity':
    case 'unknown-partition':
      return arnSentence(problem);
  }
}

type Of<Kind extends AwsAuthProblem['kind']> = Extract<AwsAuthProblem, { kind: Kind }>;

function sectionSentence(
  problem: Of<
    'unreadable' | 'not-a-list' | 'ignored-document' | 'unknown-data-key' | 'wrong-account' | 'not-an-account'
  >,
): string {
  switch (problem.kind) {
    case 'unreadable': {
      const since =
        problem.since === undefined ? '' : ` (it began at ${problem.since.line}:${problem.since.column})`;
      const lost = problem.row === undefined ? 'the whole section is' : 'this item and those after it are';
      return `not readable, ${problem.reason}${since}; ${lost} without effect`;
    }
    case 'not-a-list':
      return `it holds ${problem.found} where a list belongs; the whole section is without effect`;
    case 'ignored-document':
      return 'a second YAML document begins here, and only the first is read';
    case 'unknown-data-key':
      return problem.meant === undefined
        ? `the key ${quoted(problem.key)} is not read`
        : `the key ${quoted(problem.key)} is not read: ${problem.meant} is written so, case included`;
    case 'wrong-account':
      return `${quoted(problem.account)} is no account id of 12 digits, and admits nobody`;
    case 'not-an-account':
      return `${problem.found} where an account id belongs; the item is left out`;
  }
}

function rowSentence(
  problem: Of<
    | 'not-a-row'
    | 'no-arn'
    | 'unknown-key'
    | 'repeated-key'
    | 'wrong-type'
    | 'wrong-group'
    | 'joined-groups'
    | 'no-username'
    | 'unknown-template'
    | 'duplicate'
  >,
): string {
  switch (problem.kind) {
    case 'not-a-row':
      return `${problem.found} where a row belongs; it maps nobody`;
    case 'no-arn':
      return `the row has no ${problem.wanted} and maps nobody`;
    case 'unknown-key':
      return problem.meant === undefined
        ? `the key ${quoted(problem.key)} is not read`
        : `the key ${quoted(problem.key)} is not read; ${problem.meant} is`;
    case 'repeated-key':
      return `${problem.key} stands more than once in the row, and only one counts`;
    case 'wrong-type':
      return `${quoted(problem.key)} is ${problem.found} where ${problem.wanted} belongs, and counts as missing`;
    case 'wrong-group':
      return `${problem.found} where the name of a group belongs; it counts as a group without a name`;
    case 'joined-groups':
      return `${quoted(problem.group)} is one group: an item that is indented further continues the one above it`;
    case 'no-username':
      return 'the row has no username, and who gets it enters with an empty name';
    case 'unknown-template':
      return problem.meant === undefined
        ? `${quoted(problem.template)} is no template and stays as it is`
        : `${quoted(problem.template)} is no template and stays as it is; ${problem.meant} is one`;
    case 'duplicate':
      return `${quoted(problem.arn)} is mapped again below (item ${problem.winner + 1}), and only the last counts`;
  }
}

function arnSentence(
  problem: Of<
    | 'not-an-arn'
    | 'assumed-role'
    | 'role-path'
    | 'wildcard'
    | 'root'
    | 'not-an-identity'
    | 'unknown-partition'
  >,
): string {
  const arn = quoted(problem.arn);
  switch (problem.kind) {
    case 'not-an-arn':
      return `${arn} matches nobody, ${problem.reason}`;
    case 'assumed-role':
      return `${arn} is a session and matches nobody: sessions are looked up by their role, ${problem.meant}`;
    case 'role-path':
      return `${arn} has a path and matches nobody: sessions are looked up by the role without it, ${problem.meant}`;
    case 'wildcard':
      return `${arn} matches nobody: there are no wildcards`;
    case 'root':
      return `${arn} is the root user alone, not everyone of the account`;
    case 'not-an-identity':
      return `${arn} matches nobody: ${quoted(problem.resource)} is no identity that can sign in`;
    case 'unknown-partition':
      return `${arn} matches nobody: there is no partition ${quoted(problem.partition)}`;
  }
}

// JSON's escapes keep control characters and line breaks of strangers out of the sentence.
function quoted(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return JSON.stringify(short);
}
