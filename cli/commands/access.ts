import type { Command } from 'commander';
import { clusterAccess } from '../../shared/audit/access.ts';
import { loadConfig } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { findCluster } from '../names.ts';
import { outputOption, type SourceOptions, withCreators, withSource } from '../options.ts';
import { accessText } from '../output/access-text.ts';
import { json } from '../output/json.ts';
import type { Cli } from '../program.ts';
import { loadEstate } from '../source.ts';

interface AccessOptions extends SourceOptions {
  readonly output: 'table' | 'json';
  readonly cluster: string;
  readonly config?: string;
}

/** `podtrust access`: who can enter a cluster, through what, as whom. */
export function addAccess(program: Command, cli: Cli): void {
  withCreators(
    withSource(
      program
        .command('access')
        .description('list everyone who can enter a cluster, through what, as whom, and with which rights'),
    ),
  )
    .requiredOption('--cluster <name>', 'cluster (name or ARN)')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addOption(outputOption('table', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<AccessOptions>();
      const config = await loadConfig(options.config, cli.io);
      const estate = await loadEstate(options, cli.io);
      const report = clusterAccess(estate, findCluster(estate, options.cluster), config);
      cli.io.out(options.output === 'json' ? json(report) : accessText(report, cli.io));
      cli.exit(EXIT.ok);
    });
}

const EXAMPLES = `
Examples:
  $ podtrust access --cluster prod
  $ podtrust access --cluster arn:aws:eks:eu-west-1:111122223333:cluster/prod --snapshot estate.json.gz --output json

Why somebody cannot get in: podtrust explain --cluster prod --principal ARN

Exit codes: 0 listed, 2 wrong input, 4 no credentials or nothing could be read.
`;
