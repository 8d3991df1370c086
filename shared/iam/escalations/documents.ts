import type { Sourced } from './grants.ts';
import { knownManagedDocument } from './managed-policies.ts';
import { readStatements } from './statements.ts';

/** Looks a managed policy's document up by ARN; the same ARN gives the same text for as long as the function lives. */
export type Documents = (arn: string) => string | undefined;

/** Managed policies are shared by many roles: each is parsed once per lookup function, and forgotten with it. */
const parsed = new WeakMap<Documents, Map<string, readonly Sourced[] | null>>();

/** Statements of a managed policy, from its document or, for a well-known AWS managed one, by its name; null when neither is had. */
export function managedStatements(arn: string, documents: Documents): readonly Sourced[] | null {
  const known = parsed.get(documents) ?? new Map<string, readonly Sourced[] | null>();
  parsed.set(documents, known);
  let statements = known.get(arn);
  if (statements === undefined) {
    const text = documents(arn) ?? knownManagedDocument(arn);
    statements = text === undefined ? null : statementsOf(arn, text);
    known.set(arn, statements);
  }
  return statements;
}

/** Statements of one policy document; null when the text is no policy. */
export function statementsOf(policy: string, document: string): readonly Sourced[] | null {
  return readStatements(document)?.map((statement) => ({ policy, statement })) ?? null;
}
