import type { Command } from 'commander';
import { sha256 } from '../shared/lambda/hash.ts';
import type { Migration } from '../shared/plans/migrations/migration.ts';
import type { PlanContext } from '../shared/plans/plan-context.ts';
import { loadConfig } from './config.ts';
import { outputOption, type SourceOptions, withSessions, withSource } from './options.ts';
import type { AskedOptions } from './output/asked-plan.ts';
import { showMigration } from './output/migration-text.ts';
import type { Cli } from './program.ts';
import { loadEstate } from './source.ts';

/** Options of every migration. */
export interface MigrateOptions extends SourceOptions, AskedOptions {
  readonly config?: string;
  readonly finish?: boolean;
  readonly quiet?: boolean;
}

/** Adds the options that every migration takes. */
export function withMigration(command: Command): Command {
  return withSessions(withSource(command))
    .addOption(outputOption('text', 'json', 'markdown'))
    .option('--out <folder>', 'write the plans here, each in a file of its own')
    .option('--finish', 'plan the last step: what the migration made superfluous is taken away')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)');
}

/** Reads the estate, asks for the migration and shows where it stands. */
export async function runMigration(
  options: MigrateOptions,
  cli: Cli,
  plan: (context: PlanContext) => Migration,
): Promise<void> {
  const config = await loadConfig(options.config, cli.io);
  const estate = await loadEstate(options, cli.io, config);
  const context = { estate, config, hash: sha256, now: cli.io.now().toISOString() };
  cli.exit(await showMigration(plan(context), options, cli));
}
