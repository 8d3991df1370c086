import * as z from 'zod';
import type { Config } from '../../config/config.ts';
import type { Account, Snapshot } from '../../estate/snapshot.ts';
import { isOwnedByAws } from '../../joining/aws-policy.ts';
import { type Ties, tiesOf } from '../../joining/ties.ts';

const account = z.string().regex(/^\d{12}$/);

const abstractSchema = z.strictObject({
  account,
  /** Where its snapshot is. */
  key: z.string(),
  takenAt: z.iso.datetime(),
  /** Of the reading, without what changes by itself: times of reading and of use. */
  digest: z.string(),
  gaps: z.number().int().nonnegative(),
  roles: z.number().int().nonnegative(),
  /** False: it may have clusters, or issuers of clusters, that were not read. */
  showsClusters: z.boolean(),
  /** False: it has more of something than is kept here. */
  isWhole: z.boolean().default(true),
  /** True: roles of other accounts that trust its clusters are judged with it. */
  heedsTrusts: z.boolean().default(false),
  clusters: z.array(
    z.strictObject({ name: z.string(), region: z.string().optional(), issuer: z.string().nullable() }),
  ),
  /** Issuers that its roles and providers name and none of its clusters has, by issuerId; `names`: what may name the cluster. */
  trusts: z.array(z.strictObject({ issuer: z.string(), names: z.array(z.string()) })),
  /** Roles that its pods get, `111122223333/payments-api`, in lower case; only those of other accounts. */
  pods: z.array(z.string()),
  /** Roles of other accounts that are let into its clusters. */
  entries: z.array(z.string()),
  /** Its roles that trust other accounts as a whole. */
  trusting: z.array(z.strictObject({ role: z.string(), accounts: z.array(account) })),
  /** Other accounts that its clusters or the configuration name. */
  named: z.array(account),
  /** Managed policies of AWS whose documents were read with it. */
  policies: z.array(z.string()).default([]),
});

/** What an account is to others, in a few kilobytes: made when it was read, so that joining needs no snapshots. */
export type AccountAbstract = Readonly<z.infer<typeof abstractSchema>>;

/** An account of the scan as its collection left it. */
export const collectedSchema = z.union([
  abstractSchema,
  z.strictObject({ account, unread: z.string().describe('Why it was not read') }),
]);

export type CollectedAccount = Readonly<z.infer<typeof collectedSchema>>;

interface AbstractInput {
  readonly snapshot: Snapshot;
  readonly account: Account;
  readonly key: string;
  readonly digest: string;
  readonly bindings: Config['bindings'];
  /** Issuers of tokens with which the account's roles were asked for, whether they trust them or not. */
  readonly observed?: readonly string[];
}

/** The abstract of one account of a snapshot. */
export function abstractOf({ snapshot, account, key, digest, ...input }: AbstractInput): AccountAbstract {
  const ties: Ties = tiesOf({ ...input, account, coverage: snapshot.coverage });
  return {
    account: account.id,
    key,
    takenAt: snapshot.takenAt,
    digest,
    gaps: snapshot.coverage.length + (ties.isWhole ? 0 : 1),
    roles: account.roles?.length ?? 0,
    showsClusters: ties.showsClusters,
    isWhole: ties.isWhole,
    heedsTrusts: input.bindings !== undefined || showsServiceAccounts(account),
    clusters: ties.clusters.map((cluster) => ({ ...cluster })),
    trusts: ties.trusts.map(({ issuer, names }) => ({ issuer, names: [...names] })),
    pods: [...ties.pods],
    entries: [...ties.entries],
    trusting: ties.trusting.map(({ role, accounts }) => ({ role, accounts: [...accounts] })),
    named: [...ties.named],
    policies: (account.policies ?? []).flatMap(({ arn }) => (isOwnedByAws(arn) ? [arn] : [])),
  };
}

const showsServiceAccounts = ({ regions = [] }: Account): boolean =>
  regions.some(({ clusters = [] }) =>
    clusters.some(({ kubernetes }) => (kubernetes?.serviceAccounts ?? []).length > 0),
  );
