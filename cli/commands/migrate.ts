import type { Command } from 'commander';
import type { Cli } from '../program.ts';
import { addMigrateAccessEntries } from './migrate-access-entries.ts';
import { addMigrateCluster } from './migrate-cluster.ts';
import { addMigratePodIdentity } from './migrate-pod-identity.ts';

/** `podtrust migrate`: migrations step by step, as plans; nothing is written to AWS. */
export function addMigrate(program: Command, cli: Cli): void {
  const migrate = program.command('migrate').description('plan migrations, step by step; changes nothing');
  addMigratePodIdentity(migrate, cli);
  addMigrateAccessEntries(migrate, cli);
  addMigrateCluster(migrate, cli);
  for (const command of migrate.commands) command.copyInheritedSettings(program).exitOverride();
}
