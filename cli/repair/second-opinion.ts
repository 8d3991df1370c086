import type { Command } from 'commander';
import { withObjections } from '../../shared/changes/objections.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import type { Config } from '../../shared/config/config.ts';
import type { PlanRow } from '../../shared/plans/plan-rows.ts';
import type { SourceOptions } from '../options.ts';

/** Whether IAM Access Analyzer is asked about plans. */
export interface OpinionOptions extends SourceOptions {
  readonly accessAnalyzer?: boolean;
}

type Ask = (plan: Plan) => Promise<Plan>;

/** Adds the option to ask IAM Access Analyzer. */
export function withOpinion(command: Command): Command {
  return command.option(
    '--access-analyzer',
    'ask IAM Access Analyzer about each trust policy too (fixes.accessAnalyzer does; CheckNoNewAccess is charged for)',
  );
}

const NOT_ASKED =
  'IAM Access Analyzer, which the configuration wants to be asked, was not: the plan is made from a snapshot, and --access-analyzer was not given.';

/**
 * Asks IAM Access Analyzer about plans where the option or `fixes.accessAnalyzer` wants it, with the caller's credentials.
 * What it says against a plan blocks it, and so does an answer that could not be had; a configuration that wants it asked
 * does not make a plan from a snapshot call AWS: that it was not asked is an unknown of the plan.
 */
export async function secondOpinion(options: OpinionOptions, { fixes }: Config): Promise<Ask> {
  const { accessAnalyzer: wanted = false, snapshot, profile } = options;
  if (!wanted && fixes?.accessAnalyzer !== true) return async (plan) => plan;
  if (!wanted && snapshot !== undefined) return async (plan) => (writesTrust(plan) ? unasked(plan) : plan);
  const { AccessAnalyzerClient } = await import('@aws-sdk/client-accessanalyzer');
  const { accessAnalyzer } = await import('../../shared/aws/changes/second-opinion.ts');
  const { clientConfigs } = await import('../../shared/aws/clients.ts');
  const configure = clientConfigs(profile === undefined ? {} : { profile });
  const opinion = accessAnalyzer(new AccessAnalyzerClient(configure(null, null)));
  return async (plan) => withObjections(plan, await opinion(plan));
}

function writesTrust({ changes }: Plan): boolean {
  return changes.some(({ kind, after }) => kind === 'trust-policy' && after !== null);
}

function unasked(plan: Plan): Plan {
  return { ...plan, proof: { ...plan.proof, unknowns: [...plan.proof.unknowns, NOT_ASKED] } };
}

/** Asks about each plan of a list, one after the other. */
export async function rowsWithOpinion(rows: readonly PlanRow[], ask: Ask): Promise<PlanRow[]> {
  const asked: PlanRow[] = [];
  for (const row of rows) {
    const { result } = row;
    asked.push(
      result.kind === 'plan' ? { ...row, result: { ...result, plan: await ask(result.plan) } } : row,
    );
  }
  return asked;
}
