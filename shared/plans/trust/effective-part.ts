import type { AccountView } from '../../estate/estate.ts';
import { parseProviderArn } from '../../identity/issuer.ts';

interface Fields {
  readonly [key: string]: unknown;
}

/**
 * A trust policy without the OIDC providers that its account does not have: nobody comes in by them, and so nobody loses
 * access when they are taken out. The whole policy where the list of providers was not read.
 */
export function effectivePart(text: string, account: AccountView): string {
  if (account.missing('oidcProviders') !== null) return text;
  const document: Fields = JSON.parse(text);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement');
  if (key === undefined) return text;
  const statements = [document[key]].flat().flatMap((one) => withProviders(one, account));
  return statements.length === 0 ? NOBODY : JSON.stringify({ ...document, [key]: statements });
}

/** IAM takes no policy without statements: this one admits nobody. */
const NOBODY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }],
});

function withProviders(statement: unknown, account: AccountView): unknown[] {
  if (!isFields(statement) || statement['Effect'] !== 'Allow') return [statement];
  const principal = statement['Principal'];
  if (!isFields(principal) || principal['Federated'] === undefined) return [statement];
  const { Federated, ...others } = principal;
  const kept = [Federated].flat().filter((arn) => typeof arn !== 'string' || mayExist(arn, account));
  if (kept.length > 0) return [{ ...statement, Principal: { ...others, Federated: kept } }];
  return Object.keys(others).length === 0 ? [] : [{ ...statement, Principal: others }];
}

/** Whatever is no ARN of an OIDC provider of an issuer is left alone: SAML, and providers that AWS has built in. */
function mayExist(arn: string, account: AccountView): boolean {
  return parseProviderArn(arn) === null || account.providersByArn.has(arn);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
