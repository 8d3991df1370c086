import { nextEvent, openParser, type Parser } from './parser.ts';
import { type Mark, YamlError } from './reader.ts';

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: Mark;
  readonly text: string;
  /** True when it is resolved to other types than string. */
  readonly plain: boolean;
  readonly tag: string;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly at: Mark;
  readonly items: YamlNode[];
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly at: Mark;
  /** Keys and values in turn. */
  readonly items: YamlNode[];
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly at: Mark;
  readonly name: string;
  readonly target: Exclude<YamlNode, AliasNode>;
}

/** A YAML document as written, aliases not followed. */
export type YamlNode = ScalarNode | SequenceNode | MappingNode | AliasNode;

/** The first document of a text: all that the authenticator reads. */
export interface YamlDocument {
  /** Absent when there is no document. */
  readonly root: YamlNode | undefined;
  /** Where ignored text begins: a second document, well-formed or not. */
  readonly ignored: Mark | undefined;
}

/** Composes the first document of a text. Throws YamlError where go-yaml refuses it. */
export function composeDocument(text: string): YamlDocument {
  const parser = openParser(text);
  if (nextEvent(parser).kind === 'stream-end') {
    return { root: undefined, ignored: undefined };
  }
  const root = composeRoot(parser);
  const end = nextEvent(parser);
  return { root, ignored: ignoredAfter(parser, end.at) };
}

function ignoredAfter(parser: Parser, end: Mark): Mark | undefined {
  try {
    const event = nextEvent(parser);
    return event.kind === 'stream-end' ? undefined : event.at;
  } catch (error) {
    if (error instanceof YamlError) {
      return end;
    }
    throw error;
  }
}

function composeRoot(parser: Parser): YamlNode {
  const anchors = new Map<string, Exclude<YamlNode, AliasNode>>();
  const open: (SequenceNode | MappingNode)[] = [];
  for (;;) {
    const node = composeNext(parser, anchors);
    const parent = open.at(-1);
    if (node === undefined) {
      open.pop();
      if (parent !== undefined && open.length === 0) {
        return parent;
      }
      continue;
    }
    parent?.items.push(node);
    if (node.kind === 'sequence' || node.kind === 'mapping') {
      open.push(node);
    } else if (parent === undefined) {
      return node;
    }
  }
}

// Undefined at the end of a collection.
function composeNext(
  parser: Parser,
  anchors: Map<string, Exclude<YamlNode, AliasNode>>,
): YamlNode | undefined {
  const event = nextEvent(parser);
  switch (event.kind) {
    case 'sequence-end':
    case 'mapping-end':
      return undefined;
    case 'alias': {
      const target = anchors.get(event.name);
      if (target === undefined) {
        throw new YamlError(`unknown anchor '${event.name}' referenced`, event.at);
      }
      return { kind: 'alias', name: event.name, at: event.at, target };
    }
    case 'scalar':
    case 'sequence':
    case 'mapping': {
      const { at } = event;
      const node =
        event.kind === 'scalar'
          ? ({ kind: 'scalar', at, text: event.text, plain: event.plain, tag: event.tag } as const)
          : { kind: event.kind, at, items: [] };
      if (event.anchor !== undefined) {
        anchors.set(event.anchor, node);
      }
      return node;
    }
    case 'document':
    case 'document-end':
    case 'stream-end':
      throw new YamlError(`expected a node but got a ${event.kind}`, event.at);
  }
}
