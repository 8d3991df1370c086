import type { Command } from 'commander';
import { type Comparison, compare, type Witness } from '../../shared/iam/compare.ts';
import { isDeletedPrincipal } from '../../shared/iam/deleted-principal.ts';
import { parsePolicy } from '../../shared/iam/parse.ts';
import type { Policy } from '../../shared/iam/policy.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readText } from '../files.ts';
import type { Io } from '../io.ts';
import { outputOption } from '../options.ts';
import { json } from '../output/json.ts';
import { plain } from '../output/plain.ts';
import { styleFor } from '../output/style.ts';
import type { Cli } from '../program.ts';

/** `podtrust compare OLD NEW`: does the new trust policy admit anyone the old one refused? */
export function addCompare(program: Command, cli: Cli): void {
  program
    .command('compare')
    .description('compare two trust policies as sets of identities, with a witness for each difference')
    .argument('<old>', 'trust policy as it was (JSON file, or - for stdin)')
    .argument('<new>', 'trust policy as it will be')
    .addOption(outputOption('table', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (oldFile: string, newFile: string, _options, command: Command) => {
      if (oldFile === '-' && newFile === '-')
        throw new UsageError('only one of OLD and NEW can be stdin (-).');
      const before = await readPolicy(oldFile, cli.io);
      const after = await readPolicy(newFile, cli.io);
      const comparison = compare(before, after);
      const { output, quiet } = command.optsWithGlobals<{ output: string; quiet?: boolean }>();
      cli.io.out(
        output === 'json' ? json({ schemaVersion: 1, ...comparison }) : compareText(comparison, cli.io),
      );
      const ids = idsOfOne(before, after);
      if (ids.length > 0 && quiet !== true) cli.io.err(takenForDeleted(ids));
      cli.exit(exitCode(comparison));
    });
}

async function readPolicy(file: string, io: Io): Promise<Policy> {
  const { policy, problems } = parsePolicy(await readText(file, 'trust policy', io), 'trust');
  if (policy !== null) return policy;
  const first = problems.find((problem) => problem.effect === 'refused');
  throw new UsageError(
    `trust policy "${file}" would be refused by IAM: line ${first?.line}, column ${first?.column}: ${first?.message}`,
  );
}

/** Unique ids (`AROA…`, `AIDA…`) that are a principal in one of the two policies only. */
function idsOfOne(before: Policy, after: Policy): readonly string[] {
  return [...uniqueIds(before).symmetricDifference(uniqueIds(after))];
}

function uniqueIds(policy: Policy): Set<string> {
  const values = policy.statements.flatMap(({ principal }) => principal?.entries ?? []);
  return new Set(values.map(({ value }) => value).filter(isDeletedPrincipal));
}

/** A policy that IAM shows has such ids of deleted principals alone; of a file, nobody can tell. */
function takenForDeleted(ids: readonly string[]): string {
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  return `podtrust: ${ids.slice(0, 3).join(', ')}${more}: taken for what IAM leaves of deleted principals. Where such a principal exists, the two policies differ by it.\n`;
}

function exitCode(comparison: Comparison): ExitCode {
  switch (comparison.relation) {
    case 'equal':
    case 'tightened':
      return EXIT.ok;
    case 'widened':
    case 'incomparable':
      return EXIT.found;
    case 'undecided':
    case 'too-complex':
      return EXIT.unknown;
  }
}

function compareText(comparison: Comparison, io: Io): string {
  const style = styleFor(io);
  switch (comparison.relation) {
    case 'equal':
      return `${style.green('equal')}: both admit exactly the same identities.\n`;
    case 'tightened':
      return `${style.green('tightened')}: the new policy admits nobody new.\n${witness('no longer', comparison.lost)}`;
    case 'widened':
      return `${style.red('widened')}: the new policy admits more.\n${witness('now', comparison.gained)}${loss(comparison.lossUndecided)}`;
    case 'incomparable':
      return `${style.red('incomparable')}: some gain, some lose.\n${witness('now', comparison.gained)}${witness('no longer', comparison.lost)}`;
    case 'undecided':
    case 'too-complex':
      return `${style.yellow(comparison.relation)}: ${plain(comparison.reason)}\n`;
  }
}

function loss(reason: string | undefined): string {
  return reason === undefined
    ? ''
    : `  Whether somebody loses access too is not known: ${plain(reason, 1000)}\n`;
}

function witness(word: string, { text, assuming }: Witness): string {
  const assumption = assuming.length === 0 ? '' : ` (when ${plain(assuming.join(' and '), 1000)})`;
  return `  ${word}: ${plain(text, 2000)}${assumption}\n`;
}

const EXAMPLES = `
Examples:
  $ podtrust compare before.json after.json
  $ git show HEAD~1:trust.json | podtrust compare - trust.json

Exit codes: 0 equal or tightened, 1 widened or incomparable (with a witness), 2 wrong input or a policy that IAM
refuses, 3 it cannot be said.
`;
