import type { AccountView, AssociationView, Estate, Missing, RoleView } from '../estate/estate.ts';
import { parseArn } from '../iam/arn.ts';
import { decide } from '../iam/evaluate.ts';
import { assumeRoleRequests } from '../iam/requests.ts';
import { defineRule } from './define-rule.ts';
import { NOBODY } from './doors/web-door.ts';
import {
  association,
  cluster,
  estateOf,
  podIdentityStatement,
  role,
  trustPolicy,
} from './examples/estate.ts';
import { EXTERNAL_ID, POD_IDENTITY_TARGET } from './references.ts';
import { associationsOf, type Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

interface Target {
  readonly arn: string;
  /** Null when the role was not read or does not exist. */
  readonly role: RoleView | null;
  readonly account: string;
  readonly missing: Missing | null;
}

/** Target roles of Pod Identity that trust a whole other account, whoever asks in it. */
export default defineRule({
  number: 'PT-312',
  name: 'use-external-id',
  kind: 'open',
  fix: 'manual',
  title: 'A target role trusts a whole other account',
  why: 'Trust in `arn:…:iam::<account>:root` without sts:ExternalId or a condition on the principal leaves it to the administrators of the other account who gets in, and to every confused service there that assumes roles on request.',
  remedy: "Name the first role as principal, or ask for sts:ExternalId with the association's external id.",
  references: [POD_IDENTITY_TARGET, EXTERNAL_ID],
  examples: () => {
    const targetArn = 'arn:aws:iam::444455556666:role/orders';
    const estate = (principal: string) => {
      const trust = trustPolicy({
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      });
      const snapshot = estateOf({
        roles: [role({ trustPolicy: trustPolicy(podIdentityStatement()) })],
        clusters: [cluster({ podIdentityAssociations: [association({ targetRoleArn: targetArn })] })],
        otherAccounts: [
          {
            id: '444455556666',
            partition: 'aws',
            roles: [role({ arn: targetArn, trustPolicy: trust })],
            policies: [],
            oidcProviders: [],
            regions: [],
          },
        ],
      });
      return { snapshot, show: trust };
    };
    return {
      fails: { title: 'The whole account of the cluster', ...estate('arn:aws:iam::111122223333:root') },
      passes: {
        title: 'The one role that the pods have',
        ...estate('arn:aws:iam::111122223333:role/checkout'),
      },
    };
  },
  needs: ['associations'],
  subjects: targetsOf,
  where: ({ arn, account }) => ({ account, role: arn }),
  check: ({ role: target, missing }) => {
    if (target === null) return missing === null ? pass : unknown(missing);
    const accounts = trustedAccounts(target).filter((account) => admitsWithoutId(target, account));
    return accounts.length === 0 ? pass : fail({ accounts, ...privilegeFacts(target) });
  },
  severity: ({ privileges }) => weighted('few', privileges),
  message: ({ accounts, privileges }, { arn }) =>
    `${arn} can be assumed by everyone in ${accounts.join(', ')} whom that account lets, without an external id; ${leadsTo(privileges)}.`,
  identity: ({ accounts }) => [...accounts],
});

/**
 * Roles in scope that some association targets, and the target roles of associations: those that are in accounts in scope, or
 * in accounts that were not read and named in scope; with a focus those of its associations.
 */
function targetsOf({ focused, accounts, associations, roles, estate }: Scope): Target[] {
  const arns = new Set<string>();
  const targets = (views: readonly AssociationView[]) =>
    views.flatMap(({ association: { targetRoleArn: arn } }) => (arn === undefined ? [] : [arn]));
  const ids = new Set(accounts.map(({ id }) => id));
  const inScope = (arn: string) => ids.has(accountOf(arn));
  for (const arn of targets(associations))
    if (focused || inScope(arn) || !estate.accounts.has(accountOf(arn))) arns.add(arn);
  if (!focused) for (const arn of targets(associationsOf(estate.clusters))) if (inScope(arn)) arns.add(arn);
  for (const { role: one } of roles) {
    if (
      (estate.associationsByRole.get(one.arn) ?? []).some(
        ({ association: its }) => its.targetRoleArn === one.arn,
      )
    ) {
      arns.add(one.arn);
    }
  }
  return [...arns].sort().map((arn) => targetOf(arn, estate));
}

const accountOf = (arn: string): string => parseArn(arn)?.account ?? '';

function targetOf(arn: string, estate: Estate): Target {
  const found = estate.roleByArn.get(arn) ?? null;
  const id = accountOf(arn);
  const account: AccountView | undefined = estate.accounts.get(id);
  const missing: Missing | null =
    account === undefined
      ? { read: 'iam:GetAccountAuthorizationDetails', reason: `account ${id} was not read` }
      : account.missing('roles');
  return { arn, role: found, account: id, missing: found === null ? missing : null };
}

/** Other accounts that the trust policy names as a whole. */
function trustedAccounts(target: RoleView): string[] {
  const entries = (target.trust().policy?.statements ?? []).flatMap(({ effect, principal }) =>
    effect === 'Allow' && principal?.negated === false ? principal.entries : [],
  );
  const ids = entries.flatMap(({ kind, value }) => {
    if (kind !== 'AWS') return [];
    if (/^\d{12}$/.test(value)) return [value];
    const arn = parseArn(value);
    return arn?.resource === 'root' ? [arn.account] : [];
  });
  return [...new Set(ids)].filter((id) => id !== target.account.id).sort();
}

/** Whether a role of that account gets in that nobody had in mind, and that knows no external id. */
function admitsWithoutId(target: RoleView, account: string): boolean {
  const { compiled } = target.trust();
  const principalArn = `arn:${target.account.partition}:iam::${account}:role/${NOBODY}`;
  return (
    compiled !== null && decide(compiled, assumeRoleRequests({ principalArn, account }).assume) !== 'denied'
  );
}
