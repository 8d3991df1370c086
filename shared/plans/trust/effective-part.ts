import type { AccountView } from '../../estate/estate.ts';
import type { OidcProvider } from '../../estate/snapshot.ts';
import { globMatcher } from '../../iam/glob.ts';
import { type Issuer, parseProviderArn } from '../../identity/issuer.ts';
import { malformedSubject } from '../../identity/malformed-subject.ts';
import { STS_AUDIENCE } from '../../identity/service-account.ts';

interface Fields {
  readonly [key: string]: unknown;
}

/**
 * A trust policy without that by which nobody comes in, so that nobody loses access when it is taken out: the OIDC
 * providers that its account does not have, and, for EKS providers that it has, the subjects that no ServiceAccount can
 * have and the audiences that the provider does not list, whose tokens STS refuses (IAM user guide, "Create an OpenID
 * Connect identity provider": client IDs). Whatever could admit somebody stays. The whole policy where the list of
 * providers was not read.
 */
export function effectivePart(text: string, account: AccountView): string {
  if (account.missing('oidcProviders') !== null) return text;
  const document: Fields = JSON.parse(text);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement');
  if (key === undefined) return text;
  const statements = [document[key]]
    .flat()
    .flatMap((one) => withProviders(one, account))
    .flatMap((one) => withTokens(one, account));
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

/** A statement for one EKS provider alone, without the values that no token of it has; none where no value is left. */
function withTokens(statement: unknown, account: AccountView): unknown[] {
  if (!isFields(statement) || statement['Effect'] !== 'Allow') return [statement];
  const { Principal: principal, Condition: conditions } = statement;
  if (!isFields(principal) || Object.keys(principal).length !== 1 || !isFields(conditions))
    return [statement];
  const [arn, ...more] = [principal['Federated']].flat();
  if (typeof arn !== 'string' || more.length > 0) return [statement];
  const issuer = parseProviderArn(arn)?.issuer;
  const provider = account.providersByArn.get(arn);
  if (issuer?.eks === undefined || provider === undefined) return [statement];
  const kept = conditionsOf(conditions, issuer, provider);
  return kept === null ? [] : [{ ...statement, Condition: kept }];
}

/** Conditions with the values that some token has; null where one has none left, and so holds for nobody. */
function conditionsOf(conditions: Fields, issuer: Issuer, provider: OidcProvider): Fields | null {
  const kept: { [operator: string]: unknown } = {};
  for (const [operator, block] of Object.entries(conditions)) {
    kept[operator] = block;
    const comparison = COMPARISONS.get(operator);
    if (comparison === undefined || !isFields(block)) continue;
    const values: { [key: string]: unknown } = {};
    for (const [key, value] of Object.entries(block)) {
      const own = [value].flat().filter((one) => mayCarry(key, one, { ...comparison, issuer, provider }));
      if (own.length === 0) return null;
      values[key] = own;
    }
    kept[operator] = values;
  }
  return kept;
}

interface Comparison {
  readonly literal: boolean;
  readonly ignoreCase: boolean;
}

/** Operators that hold only for tokens whose claim has one of the values. Under any other nothing is left out. */
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['StringEquals', { literal: true, ignoreCase: false }],
  ['StringEqualsIgnoreCase', { literal: true, ignoreCase: true }],
  ['StringLike', { literal: false, ignoreCase: false }],
]);

/** Whether some token that STS takes may have the claim so; true for everything that is not certain. */
function mayCarry(
  key: string,
  value: unknown,
  { issuer, provider, ...comparison }: Comparison & { issuer: Issuer; provider: OidcProvider },
): boolean {
  // Variables are filled in by the request.
  if (typeof value !== 'string' || value.includes('${')) return true;
  const own = issuer.key.toLowerCase();
  if (key.toLowerCase() === `${own}:sub`) return malformedSubject({ value, ...comparison }) === null;
  if (key.toLowerCase() !== `${own}:aud`) return true;
  // Providers are given the audience of STS when it is missing: whoever waits for that is not left out.
  const audiences = [STS_AUDIENCE, ...(provider.clientIds ?? [])];
  return provider.clientIds === undefined || audiences.some((one) => fits(value, one, comparison));
}

function fits(value: string, audience: string, { literal, ignoreCase }: Comparison): boolean {
  if (ignoreCase) return value.toLowerCase() === audience.toLowerCase();
  return literal ? value === audience : globMatcher(value)(audience);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
