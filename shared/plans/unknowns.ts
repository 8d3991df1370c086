import { type Change, type ChangeOf, canonicalJson } from '../changes/change.ts';
import type { AccountView, Estate, Missing } from '../estate/estate.ts';
import { parsePolicy } from '../iam/parse.ts';
import { accessOf } from '../identity/access/ways.ts';
import { parseProviderArn } from '../identity/issuer.ts';
import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';

/** Reads that are missing to say what some changes do in the whole account. */
export function unknownsOf(changes: readonly Change[], estate: Estate): string[] {
  return [...new Set(changes.flatMap((change) => missingFor(change, estate)).map(words))];
}

function words({ read, reason }: Missing): string {
  return `${read}: ${reason}`;
}

function missingFor(change: Change, estate: Estate): Missing[] {
  const account = estate.accounts.get(change.target.account);
  if (account === undefined)
    return [{ read: 'sts:AssumeRole', reason: `account ${change.target.account} was not read` }];
  const found = (missing: Missing | null): Missing[] => (missing === null ? [] : [missing]);
  switch (change.kind) {
    case 'trust-policy':
      return [...found(account.missing('roles')), ...missingForTrust(change, account)];
    case 'oidc-provider':
      return [...found(account.missing('roles')), ...found(account.missing('oidcProviders'))];
    case 'pod-identity-association':
    case 'addon':
    case 'service-account-annotation':
    case 'access-entry':
    case 'access-policy':
    case 'aws-auth':
    case 'authentication-mode': {
      const { region, cluster: name } = change.target;
      const view = account.clusters.find((one) => one.region === region && one.cluster.name === name);
      if (view === undefined)
        return [{ read: 'eks:DescribeCluster', reason: `cluster ${name} was not read` }];
      if (change.kind === 'service-account-annotation')
        return [
          ...found(view.missing('podIdentityAssociations')),
          ...found(view.kubernetes.missing('serviceAccounts')),
        ];
      if (change.kind === 'pod-identity-association' || change.kind === 'addon')
        return [...found(view.missing('podIdentityAssociations')), ...found(account.missing('roles'))];
      return [...accessOf(view).missing];
    }
  }
}

/** What lies behind the statements that a change of a trust policy adds, alters or takes out: providers, associations. */
function missingForTrust({ before, after }: ChangeOf<'trust-policy'>, account: AccountView): Missing[] {
  const [old, new_] = [statementsOf(before), statementsOf(after)];
  const changed = [
    ...[...old].filter(([text]) => !new_.has(text)),
    ...[...new_].filter(([text]) => !old.has(text)),
  ].map(([, principals]) => principals);
  const named = new Set(changed.flat());
  return [...named].flatMap((principal) => {
    if (principal === POD_IDENTITY_SERVICE) return missingAssociations(account);
    return parseProviderArn(principal) === null ? [] : missingOfProvider(principal, account);
  });
}

/** The principals of a policy's statements, by the statement's canonical text; providers and services alone. */
function statementsOf(text: string | null): Map<string, readonly string[]> {
  const parsed = text === null ? null : parsePolicy(text, 'trust').policy;
  const document: { readonly Statement?: unknown } = text === null || parsed === null ? {} : JSON.parse(text);
  const texts = [document.Statement ?? []].flat().map(canonicalJson);
  return new Map(
    (parsed?.statements ?? []).map(({ principal, index }) => [
      texts[index] ?? '',
      (principal?.entries ?? []).flatMap(({ kind, value }) =>
        kind === 'Service' ? [value.toLowerCase()] : kind === 'Federated' ? [value] : [],
      ),
    ]),
  );
}

/** Whether a provider exists, and which audiences it takes: that decides who comes in by a statement that names it. */
function missingOfProvider(arn: string, account: AccountView): Missing[] {
  const list = account.missing('oidcProviders');
  if (list !== null) return [list];
  const provider = account.providersByArn.get(arn);
  return provider !== undefined && provider.clientIds === undefined
    ? [{ read: 'iam:GetOpenIDConnectProvider', reason: `the audiences of ${arn} were not read` }]
    : [];
}

/** Which associations the account's clusters have: each that names the role comes in by a statement for Pod Identity. */
function missingAssociations(account: AccountView): Missing[] {
  return [
    account.missing('regions'),
    ...account.clusters.map((cluster) => cluster.missing('podIdentityAssociations')),
  ].filter((missing) => missing !== null);
}
