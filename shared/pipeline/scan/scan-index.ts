import * as z from 'zod';
import { firstClusterNames } from '../../joining/cluster-names.ts';
import { everyNearId } from '../../joining/near-ids.ts';
import { type TiesIndex, tiesIndex } from '../../joining/ties-index.ts';

const account = z.string().regex(/^\d{12}$/);

/** What `join` leaves of every account that was read: enough to say whom a question is about. */
export const scanIndexSchema = z.strictObject({
  accounts: z
    .array(
      z.strictObject({
        account,
        /** Where its snapshot is. */
        key: z.string(),
        digest: z.string(),
        clusters: z
          .array(
            z.strictObject({
              name: z.string(),
              region: z.string().optional(),
              issuer: z.string().nullable(),
            }),
          )
          .readonly(),
        /** Roles of other accounts that its pods get, `111122223333/payments-api`. */
        pods: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  /** Managed policies of AWS, and an account with which each was read. */
  policies: z.array(z.tuple([z.string(), account])).readonly(),
});

export type ScanIndexData = Readonly<z.infer<typeof scanIndexSchema>>;

/** Says which accounts of a scan a question is about. */
export interface ScanIndex extends Pick<TiesIndex, 'ownersOf' | 'mayMean' | 'givingTo'> {
  /** Where an account's snapshot is; undefined: it was not read. */
  readonly read: (account: string) => { readonly key: string; readonly digest: string } | undefined;
  /** An account with which a managed policy of AWS was read. */
  readonly withPolicy: (arn: string) => string | undefined;
}

/** Looks as far as judging everything at once does: each name, and each issuer that resembles one. */
export function scanIndex({ accounts, policies }: ScanIndexData): ScanIndex {
  const ties = tiesIndex(firstClusterNames(), everyNearId());
  for (const { account: id, clusters, pods } of accounts) ties.add(id, { clusters, pods });
  const read = new Map(accounts.map(({ account: id, key, digest }) => [id, { key, digest }]));
  const withPolicy = new Map(policies);
  return {
    ownersOf: ties.ownersOf,
    mayMean: ties.mayMean,
    givingTo: ties.givingTo,
    read: (id) => read.get(id),
    withPolicy: (arn) => withPolicy.get(arn),
  };
}
