import { type Command, Option } from 'commander';

/** Where repairs are kept, and with whose credentials. */
export interface StoreOptions {
  readonly store: string;
  readonly table?: string;
  readonly profile?: string;
  readonly region?: string;
}

/** Adds `--store` and `--table` to a verb. */
export function withStore(command: Command): Command {
  return command
    .addOption(new Option('--store <file>', 'file in which repairs are kept').default('podtrust.repairs.db'))
    .addOption(
      new Option('--table <name>', "the hub's table of repairs (output RepairTableName) instead of a file"),
    )
    .addOption(new Option('--region <region>', 'region of the table; that of the credentials otherwise'));
}
