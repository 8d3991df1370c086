import { firstClusterNames } from '../../joining/cluster-names.ts';
import { issuerId } from '../../joining/issuer-id.ts';
import { everyNearId } from '../../joining/near-ids.ts';
import { accountsBeside, tiesIndex, trustingItsClusters } from '../../joining/ties-index.ts';
import { roleOfArn } from '../../triggers/names.ts';
import type { AccountFacts } from './gathered.ts';

/** Which accounts of an organization answers about others hang on; only accounts that were read. */
export interface Connections {
  readonly facts: (id: string) => AccountFacts | undefined;
  /** Whom an account must be judged with, as far as its ties show. */
  readonly beside: (id: string) => Iterable<string>;
  /** Accounts whose clusters have an issuer. */
  readonly ownersOf: (issuer: string) => Iterable<string>;
  /** Accounts of clusters that an issuer of some accounts' trust may have meant. */
  readonly meantBy: (issuer: string, among: Iterable<string>) => Iterable<string>;
  /** Accounts whose pods get a role. */
  readonly givingTo: (roleArn: string) => Iterable<string>;
}

/** Indexes the ties of all accounts, which come in the order of their ids. */
export function connections(accounts: readonly AccountFacts[]): Connections {
  const byId = new Map(accounts.map((facts) => [facts.id, facts]));
  const index = tiesIndex(firstClusterNames(), everyNearId());
  for (const { id, ties } of accounts) index.add(id, ties);
  const read = (ids: Iterable<string>): string[] => [...ids].filter((id) => byId.has(id));
  return {
    facts: (id) => byId.get(id),
    beside: (id) => {
      const facts = byId.get(id);
      if (facts === undefined) return [];
      // Roles anywhere may name ServiceAccounts of an account's clusters, where those were read.
      const trusting = facts.showsServiceAccounts ? trustingItsClusters(facts.ties, index) : [];
      return read([...accountsBeside(id, facts.ties, index), ...trusting]);
    },
    ownersOf: (issuer) => index.ownersOf(issuerId(issuer)),
    meantBy: (issuer, among) => {
      const wanted = issuerId(issuer);
      const names = [...among].flatMap((id) =>
        (byId.get(id)?.ties.trusts ?? []).flatMap((trust) => (trust.issuer === wanted ? trust.names : [])),
      );
      return index.mayMean(wanted, names);
    },
    givingTo: (arn) => {
      const role = roleOfArn(arn);
      return role === undefined ? [] : index.givingTo(`${role.account}/${role.roleName.toLowerCase()}`);
    },
  };
}
