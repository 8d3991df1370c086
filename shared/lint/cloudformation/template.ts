import { type Located, type Member, memberOf, membersOf, textOf } from '../located.ts';
import type { Values } from '../unresolved.ts';
import { asNative } from './cdk-resources.ts';
import { loopsWrittenOut } from './for-each.ts';

/** A template, and the world that it is read for. */
export interface Template {
  readonly values: Values;
  /** Properties that are being worked out: one that refers to itself is never known. */
  readonly open: Set<string>;
  readonly parameters: Located | undefined;
  readonly mappings: Located | undefined;
  /** Resources by logical id. */
  readonly resources: ReadonlyMap<string, Resource>;
}

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly properties: Located | undefined;
  /** The condition under which it is made, or null. */
  readonly condition: string | null;
}

/** Takes a template apart. */
export function templateOf(document: Located, values: Values): Template {
  const parameters = memberOf(document, 'Parameters');
  const written = memberOf(document, 'Resources');
  const resources =
    written === undefined ? [] : membersOf(loopsWrittenOut(written, { values, parameters })).map(resourceOf);
  return {
    values,
    open: new Set(),
    parameters,
    mappings: memberOf(document, 'Mappings'),
    resources: new Map(resources.map((resource) => [resource.id, resource])),
  };
}

function resourceOf({ key, keyAt, value }: Member): Resource {
  return asNative({
    id: key,
    type: textOf(memberOf(value, 'Type')) ?? '',
    at: keyAt,
    properties: memberOf(value, 'Properties'),
    condition: textOf(memberOf(value, 'Condition')) ?? null,
  });
}
