import { type Located, memberOf, membersOf, textOf } from '../located.ts';
import type { Values } from '../unresolved.ts';

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
  const resources = membersOf(memberOf(document, 'Resources')).map(
    ({ key, keyAt, value }): [string, Resource] => [
      key,
      {
        id: key,
        type: textOf(memberOf(value, 'Type')) ?? '',
        at: keyAt,
        properties: memberOf(value, 'Properties'),
        condition: textOf(memberOf(value, 'Condition')) ?? null,
      },
    ],
  );
  return {
    values,
    open: new Set(),
    parameters: memberOf(document, 'Parameters'),
    mappings: memberOf(document, 'Mappings'),
    resources: new Map(resources),
  };
}
