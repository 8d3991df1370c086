import type { AccountView } from '../estate/estate.ts';
import type { WebIdentity } from './claim-flaws.ts';
import type { ProviderStanding } from './issuer-standing.ts';

/** How to make the account's OIDC provider take the tokens, or null when it does, or is not known. */
export function providerWords(
  { issuer, audience, provider: arn }: WebIdentity,
  provider: ProviderStanding,
  account: AccountView,
): string | null {
  if (provider.kind === 'absent') {
    return `Create the provider in account ${account.id}: aws iam create-open-id-connect-provider --url https://${issuer.key} --client-id-list ${audience}.`;
  }
  const clientIds = provider.kind === 'exists' ? provider.provider.clientIds : undefined;
  if (clientIds === undefined || clientIds.includes(audience)) return null;
  return `Let the provider accept the audience: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} --client-id ${audience}.`;
}
