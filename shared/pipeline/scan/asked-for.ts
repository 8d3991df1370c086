import * as z from 'zod';
import { issuerId } from '../../joining/issuer-id.ts';
import { roleOfArn } from '../../triggers/names.ts';
import type { ScanIndex } from './scan-index.ts';

const account = z.string().regex(/^\d{12}$/);

/** What a judgement asked of accounts that it did not hold. */
export const askedForSchema = z.strictObject({
  /** Accounts, by their ids or by roles of theirs. */
  accounts: z.array(account).readonly(),
  /** Issuers; `names`: it held no cluster of one, and these may name the cluster that was meant. */
  issuers: z
    .array(z.strictObject({ issuer: z.string(), names: z.array(z.string()).readonly().optional() }))
    .readonly(),
  /** Roles of other accounts of which it asked whose pods get them, by their ARNs. */
  roles: z.array(z.string()).readonly(),
  /** Managed policies of AWS whose documents it did not hold. */
  policies: z.array(z.string()).readonly(),
});

export type AskedFor = Readonly<z.infer<typeof askedForSchema>>;

/** Accounts, read or not, that what was asked for is about. */
export function accountsAskedFor(
  { accounts, issuers, roles }: AskedFor,
  index: ScanIndex,
): ReadonlySet<string> {
  const found = new Set(accounts);
  const add = (ids: readonly string[]): void => {
    for (const id of ids) found.add(id);
  };
  for (const { issuer, names } of issuers) {
    const id = issuerId(issuer);
    add(index.ownersOf(id));
    if (names !== undefined) add(index.mayMean(id, names));
  }
  for (const arn of roles) {
    const role = roleOfArn(arn);
    if (role !== undefined) add(index.givingTo(`${role.account}/${role.roleName.toLowerCase()}`));
  }
  return found;
}

/** Whether nothing was asked for. */
export const asksNothing = ({ accounts, issuers, roles, policies }: AskedFor): boolean =>
  accounts.length + issuers.length + roles.length + policies.length === 0;
