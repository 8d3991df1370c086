import type { Mark } from './reader.ts';

interface Span {
  readonly start: Mark;
  readonly end: Mark;
}

/** Tokens that say all by being there. */
export type Indicator =
  | 'stream-start'
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'block-sequence'
  | 'block-mapping'
  | 'block-end'
  | 'flow-sequence'
  | 'flow-sequence-end'
  | 'flow-mapping'
  | 'flow-mapping-end'
  | 'flow-entry'
  | 'block-entry'
  | 'key'
  | 'value';

/** What a YAML text is made of, for the parser. */
export type Token =
  | (Span & { readonly kind: Indicator })
  | (Span & { readonly kind: 'alias' | 'anchor'; readonly name: string })
  | (Span & { readonly kind: 'tag'; readonly handle: string; readonly suffix: string })
  | (Span & { readonly kind: 'scalar'; readonly text: string; readonly plain: boolean })
  | (Span & { readonly kind: 'version'; readonly major: number; readonly minor: number })
  | (Span & { readonly kind: 'tag-handle'; readonly handle: string; readonly prefix: string });
