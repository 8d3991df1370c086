/** Values that a file leaves open: parameters, references to what is made elsewhere, what is known after apply. */

/** One of them, by the name that stands in the file. */
export interface OpenValue {
  readonly name: string;
  readonly at: number;
  /** Values that the file itself says are possible. */
  readonly candidates: readonly string[];
}

/** Where a file is deployed, as far as it is known. */
export interface Place {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

/** What is taken for what is open: one of the worlds in which the file may come true. */
export interface World {
  readonly place: Place;
  /** True when somebody said which account it is. */
  readonly accountTold: boolean;
  /** Values by name; a name that is absent has a value of its own that nothing else has. */
  readonly values: ReadonlyMap<string, string>;
  /** Conditions that do not hold. */
  readonly refused: ReadonlySet<string>;
}

/** Hands out values while a file is read, and remembers which were asked for. */
export interface Values {
  readonly place: Place;
  readonly accountTold: boolean;
  readonly value: (name: string, at: number, candidates?: readonly string[]) => string;
  readonly holds: (condition: string, at: number) => boolean;
  /** The issuer of a cluster that is yet to be made, by the name that it is shown by. */
  readonly issuer: (name: string) => string;
  /** The account, the region or the partition was asked for, and not as something the file itself says. */
  readonly askPlace: () => Place;
  readonly asked: {
    readonly values: Map<string, OpenValue>;
    readonly conditions: Set<string>;
    readonly issuers: Set<string>;
    place: boolean;
  };
}

const FRESH = 'podtrust-unresolved-';

/** The values of a world. */
export function valuesOf({ place, accountTold, values, refused }: World): Values {
  const asked: Values['asked'] = {
    values: new Map(),
    conditions: new Set(),
    issuers: new Set(),
    place: false,
  };
  return {
    place,
    accountTold,
    asked,
    value: (name, at, candidates = []) => {
      if (!asked.values.has(name)) asked.values.set(name, { name, at, candidates });
      return values.get(name) ?? freshValue(name);
    },
    holds: (condition) => {
      asked.conditions.add(condition);
      return !refused.has(condition);
    },
    issuer: (name) => {
      asked.place = true;
      asked.issuers.add(name);
      return freshIssuer(name, place);
    },
    askPlace: () => {
      asked.place = true;
      return place;
    },
  };
}

/** A value that stands for a name and that no file holds: letters, digits and hyphens, so that it can be any name. */
export function freshValue(name: string): string {
  return `${FRESH}${hexOf(name)}`;
}

/** An issuer of EKS that no file holds. */
export function freshIssuer(name: string, { region, partition }: Place): string {
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `oidc.eks.${region}.${suffix}/id/${hexOf(name).toUpperCase().padEnd(32, '0').slice(0, 32)}`;
}

/** True for a text that is a value of its own and nothing else. */
export function isFresh(text: string): boolean {
  return text.startsWith(FRESH) && !/[^a-z0-9-]/.test(text);
}

/** True for a text with such a value somewhere in it. */
export function holdsFresh(text: string): boolean {
  return text.includes(FRESH);
}

const GENERATED = '-podtrust-generated';

/** The name that a service makes up for what is given none: nothing else has it. */
export function generatedName(id: string): string {
  return `${id.replace(/[^\w.-]/g, '-').slice(0, 200)}${GENERATED}`;
}

/** A name for another thing of one name, which is shown as that name. */
export function anotherOf(name: string): string {
  return `${name}${GENERATED}`;
}

/** A text for people, in which values of their own are shown by their names. */
export function shownNames(text: string, names: Iterable<string>, nameOf = shownName): string {
  let shown = text.replaceAll(GENERATED, '');
  for (const name of names) shown = shown.replaceAll(freshValue(name), nameOf(name));
  return shown;
}

/** The name of an open value as people know it: a placeholder is written as it stands in the file. */
export function shownName(name: string): string {
  return /^\w/.test(name) && !name.startsWith('__') ? `\${${name}}` : name;
}

/** The 32 hexadecimal digits of two 64-bit FNV-1a hashes: not for secrets, only so that names do not collide. */
function hexOf(name: string): string {
  return [name, `${name}\u0000`].map((text) => fnv(text).toString(16).padStart(16, '0')).join('');
}

function fnv(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const character of text) {
    hash ^= BigInt(character.codePointAt(0) ?? 0);
    hash = BigInt.asUintN(64, hash * 0x100000001b3n);
  }
  return hash;
}
