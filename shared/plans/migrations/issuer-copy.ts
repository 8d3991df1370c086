import { canonicalJson } from '../../changes/change.ts';
import type { JsonObject } from '../../identity/policy-edit.ts';

/** An issuer and its provider in one account. */
export interface IssuerPlace {
  readonly issuerKey: string;
  readonly providerArn: string;
}

/**
 * The statements that say of a new issuer what a trust policy says of an old one, without those that it has already.
 * Null where a Deny names the old issuer: beside a copy of it both would be kept out.
 */
export function issuerCopies(text: string, old: IssuerPlace, fresh: IssuerPlace): JsonObject[] | null {
  const statements = statementsOf(text);
  const named = (statement: JsonObject) =>
    JSON.stringify(statement).toLowerCase().includes(old.issuerKey.toLowerCase());
  if (statements.some((one) => one['Effect'] !== 'Allow' && named(one))) return null;
  const present = new Set(statements.map(withoutSid));
  return statements
    .filter((one) => federatedOf(one).includes(old.providerArn))
    .map((one) => copyOf(one, old, fresh))
    .filter((one) => !present.has(withoutSid(one)));
}

function copyOf(statement: JsonObject, old: IssuerPlace, fresh: IssuerPlace): JsonObject {
  const { Sid: _, Principal: __, ...rest } = statement;
  const key = new RegExp(old.issuerKey.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  const renamed: JsonObject = JSON.parse(JSON.stringify(rest).replaceAll(key, () => fresh.issuerKey));
  return { Principal: { Federated: fresh.providerArn }, ...renamed };
}

function withoutSid({ Sid: _, ...statement }: JsonObject): string {
  const principal = statement['Principal'];
  const federated = federatedOf(statement);
  const plain = federated.length === 1 ? { Federated: federated[0] ?? '' } : principal;
  return canonicalJson({ ...statement, Principal: plain });
}

function federatedOf(statement: JsonObject): readonly unknown[] {
  const principal = statement['Principal'];
  return isObject(principal) ? [principal['Federated'] ?? []].flat() : [];
}

function statementsOf(text: string): JsonObject[] {
  const document: JsonObject = JSON.parse(text);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? '';
  return [document[key] ?? []].flat().filter(isObject);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
