import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import { assumedRole } from '../assume-role.ts';
import type { Clients } from '../clients.ts';
import { partitionOfRegion } from '../partitions.ts';
import { NoWriteAccessError } from './errors.ts';
import type { Enter, Entered } from './world.ts';

/** The caller's own credentials, for the caller's own account alone: whoever types a command answers for what it may do. */
export function asCaller(clients: Clients, own: string): Enter {
  return (account) => {
    if (account !== own) throw new NoWriteAccessError(account);
    return {
      eks: (region) => clients('eks', null, region),
      iam: () => clients('iam', null, null),
    };
  };
}

/** The role that is deployed into an account where fixes are wanted. */
export interface WriteRole {
  /** Its name, with its path if it has one. */
  readonly name: string;
  readonly externalId?: string;
  /** Name of the sessions, as CloudTrail shows them. */
  readonly session: string;
}

/** How clients are made, and by whom the role is assumed. */
export interface RoleClients {
  /** What a client of a region is made with, apart from its credentials. */
  readonly configure: (region: string | null) => object;
  readonly sts: () => STSClient;
  /** The caller's region: the accounts are of its partition. */
  readonly region: () => Promise<string>;
  readonly eks?: (config: object) => EKSClient;
  readonly iam?: (config: object) => IAMClient;
}

/** Enters accounts through their write role, each time with a session that may do what the change's policy says. */
export function throughWriteRole({ name, externalId, session }: WriteRole, from: RoleClients): Enter {
  const makeEks = from.eks ?? ((config) => new EKSClient(config));
  const makeIam = from.iam ?? ((config) => new IAMClient(config));
  const known = new Map<string, Entered>();
  return (account, policy) => {
    const key = `${account} ${policy}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const credentials = assumedRole({
      account,
      role: name,
      session,
      policy,
      region: from.region,
      sts: from.sts,
      ...(externalId === undefined ? {} : { externalId }),
    });
    const entered: Entered = {
      eks: cachedBy((region) => makeEks({ ...from.configure(region), credentials })),
      iam: once(() => makeIam({ ...from.configure(null), region: iamRegion(from.region), credentials })),
    };
    known.set(key, entered);
    return entered;
  };
}

const iamRegion = (home: () => Promise<string>) => async () => partitionOfRegion(await home()).iamRegion;

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function cachedBy<T>(make: (region: string) => T): (region: string) => T {
  const made = new Map<string, T>();
  return (region) => {
    const one = made.get(region) ?? make(region);
    made.set(region, one);
    return one;
  };
}
