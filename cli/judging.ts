import { type AuditOptions, audit } from '../shared/audit/audit.ts';
import { type AuditStream, streamOf } from '../shared/audit/audit-stream.ts';
import { auditParts, BOUNDS } from '../shared/audit/parts/audit-parts.ts';
import { type ClusterName, type GatheredAccounts, gathering } from '../shared/audit/parts/gathered.ts';
import type { Config } from '../shared/config/config.ts';
import type { Account } from '../shared/estate/snapshot.ts';
import { sayingFarewell } from './interrupt.ts';
import type { Io } from './io.ts';
import { findRole, findRoleArn } from './names.ts';
import type { SourceOptions } from './options.ts';
import { type ProgressView, showProgress } from './progress.ts';
import { heldAccounts, MOST_HELD } from './resume/held-accounts.ts';
import { type Resume, resumable } from './resume/resume.ts';
import { type Scratch, scratchAt } from './resume/scratch.ts';
import { asWhole, collecting, loadEstate, tellOrganizationGaps } from './source.ts';

/** What can be judged, whether memory holds all of it or not. */
export interface Judging {
  readonly clusters: readonly ClusterName[];
  /** The ARN of a role that is named. Throws UsageError where there is none, or more than one. */
  readonly roleArn: (wanted: string) => string;
  readonly audit: (options: AuditOptions) => Promise<AuditStream>;
  readonly takenAt: string;
  readonly partitionOf: (account: string) => string | undefined;
  /** The caller's own account, where that is known. */
  readonly own?: string;
}

interface JudgingOptions extends SourceOptions {
  readonly role?: string;
}

/**
 * Reads what is to be judged and hands it to `use`. An organization is read account by account, and judged in parts: it need
 * not fit into memory. Throws what loadEstate and `use` throw.
 */
export async function withJudging<T>(
  options: JudgingOptions,
  io: Io,
  config: Config,
  use: (judging: Judging) => Promise<T>,
): Promise<T> {
  if (options.organization === true && options.snapshot === undefined)
    return withOrganization(options, io, config, use);
  const estate = await loadEstate(options, io, config);
  return use({
    clusters: estate.clusters,
    roleArn: (wanted) => findRole(estate, wanted).role.arn,
    audit: async (how) => streamOf(audit(estate, how)),
    takenAt: estate.snapshot.takenAt,
    partitionOf: (account) => estate.accounts.get(account)?.partition,
  });
}

async function withOrganization<T>(
  options: JudgingOptions,
  io: Io,
  config: Config,
  use: (judging: Judging) => Promise<T>,
): Promise<T> {
  const resume = resumable(options, io);
  const scratch = scratchAt(resume.scratch);
  const progress = showProgress(io, options.quiet === true);
  const left = (why: string): void => {
    const kept = resume.left();
    if (kept !== null) io.err(`podtrust: ${why}${kept}\n`);
  };
  const end = (): void => {
    progress.stop();
    scratch.remove();
  };
  const work = async (): Promise<T> => {
    try {
      const judging = await gathered(options, io, config, { resume, scratch, progress });
      const result = await use(judging);
      end();
      await resume.finish();
      return result;
    } catch (error) {
      end();
      left('');
      throw error;
    }
  };
  return sayingFarewell(() => {
    end();
    left('interrupted: ');
  }, work);
}

interface Tools {
  readonly resume: Resume;
  readonly scratch: Scratch;
  readonly progress: ProgressView;
}

async function gathered(
  options: JudgingOptions,
  io: Io,
  config: Config,
  { resume, scratch, progress }: Tools,
): Promise<Judging> {
  const { collectApart } = await import('../shared/aws/collect.ts');
  const held = heldAccounts(resume, scratch, MOST_HELD);
  const all = gathering(config.bindings);
  const roles = new Map<string, readonly string[]>();
  const { rest: read, own } = await collectApart(
    await collecting(options, io, config, resume.kept),
    progress.update,
    {
      put: async (account, coverage) => {
        if (options.role !== undefined) roles.set(account.id, roleArnsOf(account));
        all.add(account, coverage, await held.put(account));
      },
      get: held.get,
    },
  );
  tellOrganizationGaps(read, options, io);
  const rest = asWhole(read, options);
  const found: GatheredAccounts = all.end(rest, async (id) => {
    const account = await held.get(id);
    if (account === undefined) throw new Error(`What was read of account ${id} is gone.`);
    return account;
  });
  const partitions = new Map(found.accounts.map(({ id, partition }) => [id, partition]));
  return {
    clusters: found.accounts.flatMap(({ clusters }) => clusters),
    roleArn: (wanted) =>
      findRoleArn(
        found.accounts.flatMap(({ id }) => roles.get(id) ?? []),
        wanted,
      ),
    audit: (how) =>
      auditParts(found, how, scratch.spill, BOUNDS, (done) => progress.judged(done, found.accounts.length)),
    takenAt: rest.takenAt,
    partitionOf: (account) => partitions.get(account),
    own,
  };
}

const roleArnsOf = ({ roles = [] }: Account): readonly string[] => roles.map(({ arn }) => arn);
