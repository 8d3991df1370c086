import {
  type AliasNode,
  composeDocument,
  type MappingNode,
  type SequenceNode,
  type YamlNode,
} from './node.ts';
import { type Mark, YamlError } from './reader.ts';
import { resolveScalar } from './resolve.ts';

interface Placed {
  readonly at: Mark;
}

interface Collection extends Placed {
  /** Levels of collections, itself included. */
  readonly depth: number;
  /** Something in it that JSON has no form for. */
  readonly unfit: Unfit | undefined;
}

interface Unfit extends Placed {
  readonly problem: string;
}

export interface Entry {
  readonly key: string;
  readonly at: Mark;
  readonly value: Value;
  /** How often the key is written, merges that it replaces left out; of several the last counts. */
  readonly times: number;
}

/** A decoded YAML value, aliases and merges followed. `raw` is a scalar as written, without quotes. */
export type Value =
  | (Placed & { readonly kind: 'null'; readonly raw: string })
  | (Placed & { readonly kind: 'string'; readonly text: string })
  | (Placed & {
      readonly kind: 'boolean' | 'number';
      readonly raw: string;
      readonly unfit: Unfit | undefined;
    })
  | (Collection & { readonly kind: 'sequence'; readonly items: readonly Value[] })
  | (Collection & { readonly kind: 'mapping'; readonly entries: readonly Entry[] });

/** The key of a mapping's entry, as text, and whether it was text. */
interface Key extends Placed {
  readonly id: string;
  readonly text: string;
  readonly unfit: Unfit | undefined;
}

interface KeyedEntry extends Entry {
  readonly merged: boolean;
  readonly keyUnfit: Unfit | undefined;
}

type Frame = { readonly alias: AliasNode | undefined } & (
  | { readonly kind: 'sequence'; readonly node: SequenceNode; readonly items: Value[] }
  | {
      readonly kind: 'mapping';
      readonly node: MappingNode;
      readonly entries: Map<string, KeyedEntry>;
      readonly merging: boolean;
      next: number;
      key: Key | undefined;
    }
  | {
      readonly kind: 'merges';
      readonly nodes: readonly YamlNode[];
      readonly into: Map<string, KeyedEntry>;
      next: number;
    }
);

/** How much aliases may multiply a document, as go-yaml counts it. */
export interface Budget {
  decoded: number;
  aliased: number;
  aliasDepth: number;
  readonly following: Set<AliasNode>;
}

/** A budget for one document. */
export function newBudget(): Budget {
  return { decoded: 0, aliased: 0, aliasDepth: 0, following: new Set() };
}

/** Counts one value. Throws YamlError when too many come from aliases, as go-yaml does against bombs. */
export function spend(budget: Budget, at: Mark): void {
  budget.decoded += 1;
  if (budget.aliasDepth > 0) {
    budget.aliased += 1;
  }
  if (budget.aliased <= 100 || budget.decoded <= 1000) {
    return;
  }
  const share = (budget.decoded - 400_000) / 3_600_000;
  const allowed = share <= 0 ? 0.99 : Math.max(0.1, 0.99 - 0.89 * share);
  if (budget.aliased / budget.decoded > allowed) {
    throw new YamlError('document contains excessive aliasing', at);
  }
}

/** Follows an alias, until `unfollow`. Throws YamlError when it leads back into itself. */
export function follow(budget: Budget, alias: AliasNode): void {
  if (budget.following.has(alias)) {
    throw new YamlError(`anchor '${alias.name}' value contains itself`, alias.at);
  }
  budget.following.add(alias);
  budget.aliasDepth += 1;
  spend(budget, alias.at);
}

/** Ends what `follow` began. */
export function unfollow(budget: Budget, alias: AliasNode | undefined): void {
  if (alias !== undefined) {
    budget.following.delete(alias);
    budget.aliasDepth -= 1;
  }
}

/** Reads the first document of a text. Throws YamlError where go-yaml 2.4.0 refuses it. */
export function readValue(text: string): { value: Value | undefined; ignored: Mark | undefined } {
  const { root, ignored } = composeDocument(text);
  return { value: root === undefined ? undefined : decodeNode(root), ignored };
}

// With a stack of its own: documents may nest deeper than calls can.
function decodeNode(root: YamlNode): Value {
  const budget = newBudget();
  spend(budget, root.at);
  const stack: Frame[] = [];
  let done = enter(root, undefined, stack, budget);
  for (;;) {
    const frame = stack.at(-1);
    if (frame === undefined) {
      if (done === undefined) {
        throw new YamlError('unknown problem parsing YAML content', root.at);
      }
      return done;
    }
    done = step(frame, done, stack, budget);
  }
}

function enter(
  given: YamlNode,
  into: Map<string, KeyedEntry> | undefined,
  stack: Frame[],
  budget: Budget,
): Value | undefined {
  spend(budget, given.at);
  const alias = given.kind === 'alias' ? given : undefined;
  if (alias !== undefined) {
    follow(budget, alias);
  }
  const node = given.kind === 'alias' ? given.target : given;
  switch (node.kind) {
    case 'scalar': {
      const value = scalarValue(node, given.at);
      unfollow(budget, alias);
      return value;
    }
    case 'sequence':
      stack.push({ kind: 'sequence', node, items: [], alias });
      return undefined;
    case 'mapping': {
      const merging = into !== undefined;
      stack.push({
        kind: 'mapping',
        node,
        entries: into ?? new Map(),
        merging,
        alias,
        next: 0,
        key: undefined,
      });
      return undefined;
    }
  }
}

function scalarValue(node: Extract<YamlNode, { kind: 'scalar' }>, at: Mark): Value {
  const resolved = resolveScalar(node);
  switch (resolved.kind) {
    case 'null':
      return { kind: 'null', raw: node.text, at };
    case 'string':
      return { kind: 'string', text: resolved.text, at };
    case 'boolean':
      return { kind: 'boolean', raw: node.text, unfit: undefined, at };
    case 'integer':
      return { kind: 'number', raw: node.text, unfit: undefined, at };
    case 'float': {
      const unfit = Number.isFinite(resolved.value) ? undefined : { problem: 'JSON has no such number', at };
      return { kind: 'number', raw: node.text, unfit, at };
    }
  }
}

function step(frame: Frame, done: Value | undefined, stack: Frame[], budget: Budget): Value | undefined {
  switch (frame.kind) {
    case 'sequence': {
      if (done !== undefined) {
        frame.items.push(done);
      }
      const item = frame.node.items[frame.items.length];
      return item === undefined
        ? finish(frame, stack, budget, sequenceValue(frame.items, frame))
        : enter(item, undefined, stack, budget);
    }
    case 'merges': {
      const node = frame.nodes[frame.next];
      frame.next += 1;
      return node === undefined
        ? finish(frame, stack, budget, undefined)
        : enter(mergeable(node), frame.into, stack, budget);
    }
    case 'mapping':
      return stepMapping(frame, done, stack, budget);
  }
}

function finish(frame: Frame, stack: Frame[], budget: Budget, value: Value | undefined): Value | undefined {
  stack.pop();
  unfollow(budget, frame.alias);
  return value;
}

function sequenceValue(
  items: readonly Value[],
  { node, alias }: { node: SequenceNode; alias: AliasNode | undefined },
): Value {
  return {
    kind: 'sequence',
    items,
    at: (alias ?? node).at,
    depth: 1 + items.reduce((deepest, item) => Math.max(deepest, depthOf(item)), 0),
    unfit: items.map(unfitOf).find((unfit) => unfit !== undefined),
  };
}

function stepMapping(
  frame: Extract<Frame, { kind: 'mapping' }>,
  done: Value | undefined,
  stack: Frame[],
  budget: Budget,
): Value | undefined {
  if (done !== undefined) {
    takeMappingPart(frame, done);
  }
  const key = frame.node.items[frame.next];
  const value = frame.node.items[frame.next + 1];
  if (key === undefined || value === undefined) {
    return finish(frame, stack, budget, frame.merging ? undefined : mappingValue(frame));
  }
  if (frame.key !== undefined) {
    return enter(value, undefined, stack, budget);
  }
  if (isMerge(key)) {
    frame.next += 2;
    return startMerge(value, frame.entries, stack, budget);
  }
  return enter(key, undefined, stack, budget);
}

function takeMappingPart(frame: Extract<Frame, { kind: 'mapping' }>, done: Value): void {
  const { key, entries } = frame;
  if (key === undefined) {
    frame.key = keyOf(done, frame.node.items[frame.next]);
    return;
  }
  const before = entries.get(key.id);
  // To replace what was merged is what merges are for.
  const times = before === undefined || before.merged ? 1 : before.times + 1;
  const entry = { key: key.text, at: key.at, value: done, times, merged: frame.merging, keyUnfit: key.unfit };
  entries.set(key.id, entry);
  frame.key = undefined;
  frame.next += 2;
}

function mappingValue(frame: Extract<Frame, { kind: 'mapping' }>): Value {
  const entries = [...frame.entries.values()];
  return {
    kind: 'mapping',
    entries,
    at: (frame.alias ?? frame.node).at,
    depth: 1 + entries.reduce((deepest, { value }) => Math.max(deepest, depthOf(value)), 0),
    unfit: entries
      .map(({ keyUnfit, value }) => keyUnfit ?? unfitOf(value))
      .find((unfit) => unfit !== undefined),
  };
}

/** Levels of collections in a value: 0 for a scalar. */
export function depthOf(value: Value): number {
  return value.kind === 'sequence' || value.kind === 'mapping' ? value.depth : 0;
}

/** What in a value JSON has no form for, if anything. */
export function unfitOf(value: Value): Unfit | undefined {
  return value.kind === 'null' || value.kind === 'string' ? undefined : value.unfit;
}

function keyOf(value: Value, node: YamlNode | undefined): Key {
  const { at } = value;
  switch (value.kind) {
    case 'sequence':
    case 'mapping':
      throw new YamlError('invalid map key', at);
    case 'null':
      return { id: 'null', text: '', at, unfit: { problem: 'a key is null', at } };
    case 'string':
      return { id: `string ${value.text}`, text: value.text, at, unfit: undefined };
    case 'boolean':
    case 'number':
      return scalarKey(value.raw, node, at);
  }
}

const LARGEST_KEY = (1n << 63n) - 1n;

// Keys that are no text never name a field, but those that are equal replace each other.
function scalarKey(raw: string, node: YamlNode | undefined, at: Mark): Key {
  const target = node?.kind === 'alias' ? node.target : node;
  const resolved = target?.kind === 'scalar' ? resolveScalar(target) : undefined;
  const value = resolved !== undefined && 'value' in resolved ? resolved.value : raw;
  const tooLarge = typeof value === 'bigint' && value > LARGEST_KEY;
  return {
    // Not a number equals nothing, itself included.
    id: Number.isNaN(value) ? `nan ${at.index}` : `${resolved?.kind} ${String(value)}`,
    text: '',
    at,
    unfit: tooLarge ? { problem: 'a key is a number beyond 64 bits with sign', at } : undefined,
  };
}

const MERGE_TAG = 'tag:yaml.org,2002:merge';

function isMerge(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.text === '<<' && (node.plain || node.tag === MERGE_TAG);
}

// A merge counts where it stands: unlike in YAML's specification, it replaces keys written before it.
function startMerge(
  node: YamlNode,
  into: Map<string, KeyedEntry>,
  stack: Frame[],
  budget: Budget,
): Value | undefined {
  if (node.kind !== 'sequence') {
    return enter(mergeable(node), into, stack, budget);
  }
  stack.push({ kind: 'merges', nodes: node.items.toReversed(), into, next: 0, alias: undefined });
  return undefined;
}

function mergeable(node: YamlNode): YamlNode {
  const target = node.kind === 'alias' ? node.target : node;
  if (target.kind !== 'mapping') {
    throw new YamlError('map merge requires map or sequence of maps as the value', node.at);
  }
  return node;
}
