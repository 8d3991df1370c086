import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { digestOf, type Plan, planSchema } from '../../shared/changes/plan.ts';
import type { RepairStore } from '../../shared/changes/repairs/repair-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { UsageError } from '../errors.ts';
import { readText } from '../files.ts';
import type { Io } from '../io.ts';

/** Claim of the snapshot that a plan of the command line is compared with. */
export const snapshotClaim = (digest: string): string => `command-line/${digest}`;

/**
 * Digest of the plan that an argument names: that of a plan that is kept, or of a file that `podtrust plan` wrote, which
 * is then kept. Throws UsageError when the file is no plan, or another one than `--digest` says.
 */
export async function planArgument(
  argument: string,
  expected: string | undefined,
  store: RepairStore,
  io: Io,
): Promise<string> {
  const digest = isDigest(argument) ? argument : await keepFile(argument, expected, store, io);
  if (expected !== undefined && expected !== digest)
    throw new UsageError(
      `the plan "${argument}" has the digest ${digest}, not ${expected}: it is another plan than the one that was looked at. Nothing was written.`,
    );
  await store.plan(digest);
  return digest;
}

/** Whether an argument is the digest of a plan that is kept, and no file. */
export const isDigest = (argument: string): boolean => /^[0-9a-f]{64}$/.test(argument);

async function keepFile(
  file: string,
  expected: string | undefined,
  store: RepairStore,
  io: Io,
): Promise<string> {
  if (/^[0-9a-f]{1,63}$/.test(file) && !existsSync(resolve(io.cwd, file)))
    throw new UsageError(
      `"${file}" is no file, and a digest has 64 hexadecimal digits. \`podtrust history\` lists the plans that are kept.`,
    );
  const plan = parsePlan(await readText(file, 'plan', io), file);
  const digest = digestOf(plan, sha256);
  if (expected === undefined || expected === digest) await keepPlan(plan, store);
  return digest;
}

/** Keeps a plan of the command line. */
export async function keepPlan(plan: Plan, store: RepairStore, takesBack?: string): Promise<string> {
  const [first] = plan.changes;
  const digest = await store.keep(plan, {
    snapshots: [snapshotClaim(digestOf(plan, sha256))],
    auto: { eligible: false, reasons: ['It was made on the command line.'] },
    account: first?.target.account ?? '',
    clusters: null,
    ...(takesBack !== undefined && { takesBack }),
  });
  if ((await store.entries(digest)).length === 0)
    await store.note({ plan: digest, what: 'planned', reason: plan.title });
  return digest;
}

function parsePlan(text: string, file: string): Plan {
  try {
    return planSchema.parse(JSON.parse(text));
  } catch (cause) {
    const where =
      cause instanceof z.ZodError
        ? cause.issues
            .slice(0, 3)
            .map(({ path, message }) => `${path.join('.') || 'the document'}: ${message}`)
            .join('; ')
        : 'it is no JSON';
    throw new UsageError(
      `plan "${file}": ${where}. Give a file of \`podtrust plan --finding … --output json --out plan.json\`, or the digest of a plan that is kept.`,
      { cause },
    );
  }
}
