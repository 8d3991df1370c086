import { preserveStatements } from '../../changes/trust/preserve.ts';

interface Fields {
  readonly [key: string]: unknown;
}

/**
 * A trust policy without one OIDC provider: statements for it alone go, of others it is taken out; everything else stays
 * byte for byte. Null where nothing would be left, where nothing names it, or where the text does not lend itself to it.
 */
export function withoutProvider(text: string, providerArn: string): string | null {
  const document: Fields = JSON.parse(text);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? '';
  const statements = [document[key] ?? []].flat();
  const kept = statements.flatMap((one) => withoutIn(one, providerArn));
  if (kept.length === 0) return null;
  const after = preserveStatements(text, JSON.stringify({ ...document, [key]: kept }));
  return after === text ? null : after;
}

function withoutIn(statement: unknown, providerArn: string): unknown[] {
  if (!isFields(statement) || statement['Effect'] !== 'Allow') return [statement];
  const principal = statement['Principal'];
  if (!isFields(principal) || principal['Federated'] === undefined) return [statement];
  const { Federated, ...others } = principal;
  const all = [Federated].flat();
  const rest = all.filter((arn) => arn !== providerArn);
  if (rest.length === all.length) return [statement];
  if (rest.length > 0) return [{ ...statement, Principal: { ...others, Federated: rest } }];
  return Object.keys(others).length === 0 ? [] : [{ ...statement, Principal: others }];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
