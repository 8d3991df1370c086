/** A type of a service's API, as the SDK's own schema describes it. */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'time' | 'document' }
  | { readonly kind: 'list'; readonly of: () => Shape }
  | { readonly kind: 'map'; readonly of: () => Shape }
  | { readonly kind: 'structure'; readonly members: ReadonlyMap<string, Member> };

interface Member {
  readonly shape: () => Shape;
  /** Name of the query parameter that carries it, where one does. */
  readonly query: string | null;
}

/** An operation as the SDK's schema describes it. */
export interface OperationSchema {
  readonly name: string;
  readonly method: string;
  /** `/clusters/{name}` */
  readonly path: string;
  readonly status: number;
  readonly input: Shape;
  readonly output: Shape;
}

// Numbers of the SDK's static schemas: kinds of tuples, scalar sentinels, and the bits that make a list or map of one.
// Source: @smithy/types, schema/static-schemas and schema/sentinels.
const TUPLE = { list: 1, map: 2, structure: 3, union: 4, operation: 9, error: -3 };
const LIST_BIT = 64;
const MAP_BIT = 128;
const SCALARS: ReadonlyMap<number, 'string' | 'number' | 'boolean' | 'time'> = new Map([
  [0, 'string'],
  [1, 'number'],
  [2, 'boolean'],
  [4, 'time'],
  [5, 'time'],
  [6, 'time'],
  [7, 'time'],
]);

const EMPTY: Shape = { kind: 'structure', members: new Map() };

/** The shape behind a schema of the SDK. What EKS does not use (blobs, big numbers) is a document: passed as it is. */
export function shapeOf(schema: unknown): Shape {
  if (typeof schema === 'function') return shapeOf(schema());
  if (typeof schema === 'number') return scalarOf(schema);
  const parts = partsOf(schema);
  const [kind, , , , first, second] = parts;
  // A pair is a member's schema with the member's own traits.
  if (parts.length === 2) return shapeOf(kind);
  switch (kind) {
    case TUPLE.list:
      return { kind: 'list', of: () => shapeOf(first) };
    case TUPLE.map:
      return { kind: 'map', of: () => shapeOf(second) };
    case TUPLE.structure:
    case TUPLE.union:
    case TUPLE.error:
      return { kind: 'structure', members: membersOf(partsOf(first), partsOf(second)) };
    default:
      return schema === 'unit' ? EMPTY : { kind: 'document' };
  }
}

function scalarOf(number: number): Shape {
  const kind = SCALARS.get(number % LIST_BIT) ?? 'document';
  if (number >= MAP_BIT) return { kind: 'map', of: () => ({ kind }) };
  return number >= LIST_BIT ? { kind: 'list', of: () => ({ kind }) } : { kind };
}

function membersOf(names: readonly unknown[], schemas: readonly unknown[]): ReadonlyMap<string, Member> {
  return new Map(
    names.map((name, at) => [
      String(name),
      { shape: () => shapeOf(schemas[at]), query: textOf(traitsOf(schemas[at]), 'httpQuery') },
    ]),
  );
}

const traitsOf = (schema: unknown): unknown => {
  const parts = partsOf(schema);
  return parts.length === 2 ? parts[1] : undefined;
};

function textOf(traits: unknown, key: string): string | null {
  const value: unknown = isObject(traits) ? traits[key] : undefined;
  return typeof value === 'string' ? value : null;
}

const partsOf = (schema: unknown): readonly unknown[] => (Array.isArray(schema) ? schema : []);

/** An object with string keys. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The operations among what a client's package exports. */
export function operationsOf(exported: object): readonly OperationSchema[] {
  return Object.values(exported).flatMap((schema: unknown) => {
    const [kind, , name, traits, input, output] = partsOf(schema);
    const [method, path, status] = partsOf(isObject(traits) ? traits['http'] : undefined);
    if (kind !== TUPLE.operation || typeof path !== 'string') return [];
    return [
      {
        name: String(name),
        method: String(method),
        path,
        status: Number(status),
        input: shapeOf(input),
        output: shapeOf(output),
      },
    ];
  });
}
