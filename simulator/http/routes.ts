import type { OperationSchema } from './schema.ts';
import { decode, decodeQuery } from './wire.ts';

/** Where a request goes: the operation, and what its path says. */
export interface Route {
  readonly operation: OperationSchema;
  readonly labels: Readonly<Record<string, string>>;
}

/** Makes the function that finds a request's route, null when no operation has it. Literal paths win over labels. */
export function createRouter(
  operations: readonly OperationSchema[],
): (method: string, path: string) => Route | null {
  const known = operations
    .map((operation) => ({ operation, parts: operation.path.split('/').filter((part) => part !== '') }))
    .toSorted((a, b) => labelCount(a.parts) - labelCount(b.parts));
  return (method, path) => {
    const asked = path.split('/').filter((part) => part !== '');
    for (const { operation, parts } of known) {
      const labels = operation.method === method ? match(parts, asked) : null;
      if (labels !== null) return { operation, labels };
    }
    return null;
  };
}

const labelCount = (parts: readonly string[]): number => parts.filter((part) => part.startsWith('{')).length;

function match(parts: readonly string[], asked: readonly string[]): Record<string, string> | null {
  if (parts.length !== asked.length) return null;
  const labels: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const given = decoded(asked[at] ?? '');
    if (given === null) return null;
    if (part.startsWith('{')) labels[part.slice(1, -1)] = given;
    else if (part !== given) return null;
  }
  return labels;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The command's input from path, query and body. Throws SerializationError. */
export function inputOf({ operation, labels }: Route, query: URLSearchParams, body: unknown): object {
  const { input } = operation;
  if (input.kind !== 'structure') return {};
  const entries = [...input.members].flatMap(([name, member]) => {
    const label = labels[name];
    if (label !== undefined) return [[name, label] as const];
    const value =
      member.query === null
        ? undefined
        : decodeQuery(member.shape(), query.getAll(member.query), member.query);
    return value === undefined ? [] : [[name, value] as const];
  });
  const fromBody = decode(input, body, 'The request');
  return { ...(typeof fromBody === 'object' ? fromBody : {}), ...Object.fromEntries(entries) };
}
