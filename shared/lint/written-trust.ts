/** The principals and conditions of a trust policy as they are written: IAM would refuse it while values are open. */
export interface WrittenTrust {
  readonly principals: readonly { readonly kind: string; readonly value: string }[];
  readonly conditions: readonly { readonly key: string; readonly values: readonly string[] }[];
}

const NOTHING: WrittenTrust = { principals: [], conditions: [] };

/** Reads them; what is no JSON has none. */
export function writtenTrust(text: string): WrittenTrust {
  try {
    return inStatements(JSON.parse(text));
  } catch {
    return NOTHING;
  }
}

function inStatements(policy: unknown): WrittenTrust {
  const statements = membersNamed(policy, 'statement').flatMap(listed);
  return {
    principals: statements
      .flatMap((statement) => membersNamed(statement, 'principal'))
      .flatMap(membersOf)
      .flatMap(([kind, values]) => textsOf(values).map((value) => ({ kind, value }))),
    conditions: statements
      .flatMap((statement) => membersNamed(statement, 'condition'))
      .flatMap(membersOf)
      .flatMap(([, block]) => membersOf(block))
      .map(([key, values]) => ({ key, values: textsOf(values) })),
  };
}

const membersOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

const membersNamed = (value: unknown, name: string): unknown[] =>
  membersOf(value).flatMap(([key, member]) => (key.toLowerCase() === name ? [member] : []));

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const textsOf = (value: unknown): string[] =>
  listed(value).filter((one): one is string => typeof one === 'string');
