import type { Command } from 'commander';
import { sha256 } from '../../shared/lambda/hash.ts';
import { planAnnotation, planNoAnnotation } from '../../shared/plans/annotation/annotate.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { checkServiceAccount, findCluster, roleArn } from '../names.ts';
import { outputOption, withSessions, withSource } from '../options.ts';
import { type AskedOptions, showAsked } from '../output/asked-plan.ts';
import type { Cli } from '../program.ts';
import { type OpinionOptions, secondOpinion, withOpinion } from '../repair/second-opinion.ts';
import { loadEstate } from '../source.ts';

interface AnnotateOptions extends OpinionOptions, AskedOptions {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role?: string;
  readonly remove?: boolean;
  readonly config?: string;
  readonly quiet?: boolean;
}

/** `podtrust annotate`: plans the annotation that gives a ServiceAccount a role by IRSA, with the trust that it needs. */
export function addAnnotate(program: Command, cli: Cli): void {
  const described = program
    .command('annotate')
    .description(
      'plan the annotation that gives a ServiceAccount a role (IRSA), with the trust that it needs; changes nothing',
    );
  withOpinion(withSessions(withSource(described)))
    .requiredOption('--cluster <name>', 'cluster (name or ARN)')
    .requiredOption('--namespace <name>', 'namespace of the ServiceAccount')
    .requiredOption('--service-account <name>', 'the ServiceAccount')
    .option(
      '--role <role>',
      "role of the cluster's account, or the ARN of one of another account that is read",
    )
    .option('--remove', 'plan to take the annotation away')
    .addOption(outputOption('text', 'json', 'markdown'))
    .option('--out <file>', 'write the plan here instead of to stdout')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<AnnotateOptions>();
      const { namespace, serviceAccount, role } = options;
      checkServiceAccount(namespace, serviceAccount);
      if ((role === undefined) !== (options.remove === true))
        throw new UsageError('give --role with the role, or --remove to take the annotation away.');
      const config = await loadConfig(options.config, cli.io);
      const estate = await loadEstate(options, cli.io, config);
      const cluster = findCluster(estate, options.cluster);
      const context = { estate, config, hash: sha256, now: cli.io.now().toISOString() };
      const place = { cluster, namespace, serviceAccount };
      const asked =
        role === undefined
          ? planNoAnnotation(place, context)
          : planAnnotation({ ...place, role: roleArn(estate, cluster, role) }, context);
      const ask = await secondOpinion(options, config);
      const answer = asked.kind === 'plan' ? { ...asked, plan: await ask(asked.plan) } : asked;
      cli.exit(await showAsked(answer, options, cli));
    });
}

const EXAMPLES = `
Examples:
  $ podtrust annotate --cluster prod --namespace shop --service-account api --role shop-api
  $ podtrust annotate --cluster prod --namespace shop --service-account api --role shop-api --output json --out plan.json
  $ podtrust annotate --cluster prod --namespace shop --service-account api --remove

It prints the same for kubectl and Helm. podtrust apply writes it only with --annotate.

Exit codes: 0 planned, or it is so already; 2 wrong input; 3 declined (stderr says why); 4 no credentials or nothing
could be read.
`;
