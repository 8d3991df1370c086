import type { Command } from 'commander';
import { sha256 } from '../../shared/lambda/hash.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';
import { readWaiverText, WAIVER_FILE } from '../waivers.ts';

interface PushOptions {
  readonly table: string;
  readonly region?: string;
  readonly profile?: string;
}

/** `podtrust waivers push`: makes the deployed pipeline's waivers those of the file. */
export function addWaiversPush(waivers: Command, cli: Cli): void {
  waivers
    .command('push')
    .description("make the deployed pipeline's waivers those of the file, no more and no fewer")
    .argument('[file]', 'the file', WAIVER_FILE)
    .requiredOption('--table <name>', "the pipeline's table: output TableName of the stack")
    .option('--region <region>', "the hub's region (default: that of the credentials)")
    .option('--profile <name>', 'profile of the AWS configuration')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, _options, command: Command) => {
      await runPush(file, command.optsWithGlobals<PushOptions>(), cli);
      cli.exit(EXIT.ok);
    });
}

async function runPush(file: string, options: PushOptions, { io }: Cli): Promise<void> {
  const read = readWaiverText(await readText(file, 'waivers', io));
  if ('problems' in read)
    throw new UsageError(
      `waivers "${file}" have ${read.problems.length} problems: \`podtrust waivers check ${file}\` lists them. Nothing was pushed.`,
    );
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { waiverTable } = await import('../../shared/aws/findings/waiver-table.ts');
  const client = new DynamoDBClient({
    ...(options.region !== undefined && { region: options.region }),
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const { added, removed } = await waiverTable(client, () => options.table, sha256).replace(read.waivers);
  io.out(
    `${plain(options.table)} has ${read.waivers.length} waivers: ${added} added, ${removed} removed. Findings follow within the hour.\n`,
  );
}

const EXAMPLES = `
Examples:
  $ podtrust waivers push --table PodtrustHub-FindingsTable… --region eu-west-1

Exit codes: 0 pushed, 2 a file that cannot be used, and nothing was pushed.
`;
