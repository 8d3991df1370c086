import { isObject, type Shape } from './schema.ts';

/** A request's value is not of the type that the operation takes. */
export class SerializationError extends Error {
  override readonly name = 'SerializationException';
}

/** A value of the service as rest-json writes it: times in seconds since 1970, nothing that the shape does not know. */
export function encode(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'time':
      return value instanceof Date ? value.getTime() / 1000 : value;
    case 'list':
      return Array.isArray(value) ? value.map((item: unknown) => encode(shape.of(), item)) : value;
    case 'map':
      return mapped(value, () => shape.of());
    case 'structure':
      return mapped(value, (key) => shape.members.get(key)?.shape());
    case 'string':
    case 'number':
    case 'boolean':
    case 'document':
      return value;
  }
}

function mapped(value: unknown, shapeFor: (key: string) => Shape | undefined): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const shape = shapeFor(key);
    const encoded = shape === undefined ? undefined : encode(shape, item);
    return encoded === undefined ? [] : [[key, encoded] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * A value of a JSON body as the SDK's command takes it. Members that the shape does not know are left out, as AWS does.
 * Throws SerializationError on a value of another type.
 */
export function decode(shape: Shape, value: unknown, where: string): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'time':
      return new Date(1000 * typed('number', value, where));
    case 'string':
      return typed('string', value, where);
    case 'number':
      return typed('number', value, where);
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong('a boolean', where);
      return value;
    case 'list':
      if (!Array.isArray(value)) throw wrong('a list', where);
      return value.map((item: unknown, at) => decode(shape.of(), item, `${where}[${at}]`));
    case 'map':
      return decodedMembers(value, where, () => shape.of());
    case 'structure':
      return decodedMembers(value, where, (key) => shape.members.get(key)?.shape());
    case 'document':
      return value;
  }
}

function typed(kind: 'string', value: unknown, where: string): string;
function typed(kind: 'number', value: unknown, where: string): number;
function typed(kind: 'string' | 'number', value: unknown, where: string): unknown {
  if (typeof value !== kind) throw wrong(`a ${kind}`, where);
  return value;
}

function decodedMembers(
  value: unknown,
  where: string,
  shapeFor: (key: string) => Shape | undefined,
): Record<string, unknown> {
  if (!isObject(value)) throw wrong('an object', where);
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const shape = shapeFor(key);
    const decoded = shape === undefined ? undefined : decode(shape, item, `${where}.${key}`);
    return decoded === undefined ? [] : [[key, decoded] as const];
  });
  return Object.fromEntries(entries);
}

const wrong = (wanted: string, where: string) => new SerializationError(`${where} must be ${wanted}.`);

/** The value of a query parameter, which is text whatever its type. Throws SerializationError. */
export function decodeQuery(shape: Shape, values: readonly string[], where: string): unknown {
  const [first] = values;
  if (first === undefined) return undefined;
  switch (shape.kind) {
    case 'list':
      return values.map((value) => decodeQuery(shape.of(), [value], where));
    case 'number': {
      if (!/^-?\d{1,15}$/.test(first)) throw wrong('a number', where);
      return Number(first);
    }
    case 'boolean':
      if (first !== 'true' && first !== 'false') throw wrong('a boolean', where);
      return first === 'true';
    case 'string':
    case 'time':
    case 'map':
    case 'structure':
    case 'document':
      return first;
  }
}
