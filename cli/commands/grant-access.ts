import type { Command } from 'commander';
import { sha256 } from '../../shared/lambda/hash.ts';
import { planAccess } from '../../shared/plans/migrations/grant-access.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { findCluster } from '../names.ts';
import { outputOption, repeated, type SourceOptions, withSource } from '../options.ts';
import { type AskedOptions, showAsked } from '../output/asked-plan.ts';
import type { Cli } from '../program.ts';
import { loadEstate } from '../source.ts';

interface GrantOptions extends SourceOptions, AskedOptions {
  readonly cluster: string;
  readonly principal: string;
  readonly policy: string;
  readonly namespace?: readonly string[];
  readonly config?: string;
  readonly quiet?: boolean;
}

/** `podtrust grant-access`: plans access to a cluster for one principal; nothing is written to AWS. */
export function addGrantAccess(program: Command, cli: Cli): void {
  withSource(
    program
      .command('grant-access')
      .description('plan access to a cluster for one role or user, by an access entry; changes nothing'),
  )
    .requiredOption('--cluster <name>', 'cluster (name or ARN)')
    .requiredOption('--principal <arn>', 'role or user, as IAM writes it, with its path')
    .requiredOption('--policy <policy>', 'access policy (name or ARN), as in AmazonEKSViewPolicy')
    .option(
      '--namespace <name>',
      'only in this namespace, or those that fit dev-* (may be repeated)',
      repeated,
    )
    .addOption(outputOption('text', 'json', 'markdown'))
    .option('--out <file>', 'write the plan here instead of to stdout')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<GrantOptions>();
      const config = await loadConfig(options.config, cli.io);
      const namespaces = (options.namespace ?? []).map(checkNamespacePattern);
      const estate = await loadEstate(options, cli.io, config);
      const cluster = findCluster(estate, options.cluster);
      const { principal, policy } = options;
      const context = { estate, config, hash: sha256, now: cli.io.now().toISOString() };
      cli.exit(
        await showAsked(planAccess({ cluster, principal, policy, namespaces }, context), options, cli),
      );
    });
}

/** EKS takes names of namespaces, and patterns of them with `*`. */
function checkNamespacePattern(name: string): string {
  if (/^(?=.{1,63}$)[a-z0-9*](?:[-a-z0-9*]*[a-z0-9*])?$/.test(name)) return name;
  throw new UsageError(
    `"${name}" is no namespace: 1 to 63 of a-z, 0-9, "-" and "*", as in "shop" or "dev-*".`,
  );
}

const EXAMPLES = `
Examples:
  $ podtrust grant-access --cluster prod --principal arn:aws:iam::111122223333:role/team/dev --policy AmazonEKSViewPolicy
  $ podtrust grant-access --cluster prod --principal arn:aws:iam::111122223333:role/dev --policy AmazonEKSEditPolicy \\
      --namespace shop --namespace 'shop-*' --output json --out grant.json

Exit codes: 0 planned, or it is so already; 2 wrong input; 3 declined (stderr says why); 4 no credentials or nothing
could be read.
`;
