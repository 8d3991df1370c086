import type { Config } from '../../../shared/config/config.ts';
import type { ServiceAccount } from '../../../shared/estate/kubernetes-schema.ts';
import type { Account, Session, Snapshot } from '../../../shared/estate/snapshot.ts';
import { CLUSTER_ARN, ISSUER, REGION, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { rules } from '../../../shared/rules/index.ts';

/** What somebody wrote to be given a role or to keep one, and how the plan that it meets has to end. */
export interface Attack {
  /** What the attacker may write, and wrote. */
  readonly who: string;
  /** Rule whose plan it meets. */
  readonly rule: string;
  readonly estate: Snapshot;
  readonly bindings?: NonNullable<Config['bindings']>;
  readonly ends: End;
}

type End =
  /** It lets somebody in: a named person has to say yes, and reads these words of the wish. */
  | { readonly kind: 'waits'; readonly says: RegExp }
  /** It leaves the attacker what it had: a named person has to say yes, and reads who that is. */
  | { readonly kind: 'told'; readonly says: RegExp }
  /** It is the plan that there is without the attack, whose changes do not name the attacker. */
  | { readonly kind: 'ignored'; readonly without: Snapshot; readonly theirs: string }
  /** The attacker's own wish is no plan. */
  | { readonly kind: 'declined'; readonly says: RegExp };

/** The failing example of a rule. */
export function example(name: string): Snapshot {
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined) throw new Error(`no rule ${name}`);
  return found.examples().fails.snapshot;
}

/** The binding that declares `shop/checkout`, by the ARN of its cluster. */
export const DECLARED = [
  { cluster: CLUSTER_ARN, namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN },
];

/** The ServiceAccount that the attacker may write, annotated with the role. */
export const evil = (changes: Partial<ServiceAccount> = {}): ServiceAccount =>
  serviceAccount({ namespace: 'evil', name: 'x', ...changes });

/** An estate whose cluster `shop` has these ServiceAccounts beside `shop/checkout`, unless one of them is that. */
export function beside(snapshot: Snapshot, ...accounts: readonly ServiceAccount[]): Snapshot {
  const own = accounts.some(({ name }) => name === 'checkout') ? [] : [serviceAccount()];
  const clusters = [clusterWith({ serviceAccounts: [...own, ...accounts] })];
  return inAccount(snapshot, () => ({ regions: [{ name: REGION, clusters }] }));
}

/** The estate with changes of its first account. */
export function inAccount(snapshot: Snapshot, change: (account: Account) => Partial<Account>): Snapshot {
  const accounts = snapshot.accounts.map((account, index) =>
    index === 0 ? { ...account, ...change(account) } : account,
  );
  return { ...snapshot, accounts };
}

const RECORD = { source: 'pipeline', since: '2025-01-01T00:00:00Z', complete: true } as const;
const LAST = '2026-11-20T00:00:00Z';

/** A complete record of years, in which each subject has assumed the role by the issuer of the cluster. */
export function recorded(snapshot: Snapshot, ...subjects: readonly string[]): Snapshot {
  return seen(
    snapshot,
    subjects.map((subject) => ({
      role: ROLE_ARN,
      via: 'web-identity' as const,
      issuer: ISSUER,
      region: REGION,
      subject: `system:serviceaccount:${subject}`,
      first: LAST,
      last: LAST,
    })),
  );
}

/** A complete record of years with these sessions. */
function seen(snapshot: Snapshot, sessions: readonly Session[]): Snapshot {
  return inAccount(snapshot, ({ observed }) => ({
    observed: { ...observed, sessions: { ...RECORD, seen: [...sessions] } },
  }));
}

/** Calls for the role that were refused, by an issuer. */
export function refused(snapshot: Snapshot, issuer: string, subject: string): Snapshot {
  const call = {
    role: ROLE_ARN,
    issuer,
    audience: 'sts.amazonaws.com',
    subject: `system:serviceaccount:${subject}`,
    region: REGION,
    count: 50,
    code: 'AccessDenied',
    eventId: '11111111-2222-3333-4444-555555555555',
    first: LAST,
    last: LAST,
  };
  return inAccount(snapshot, ({ observed }) => ({
    observed: { ...observed, denials: { ...RECORD, webIdentity: [call], podIdentity: [] } },
  }));
}
