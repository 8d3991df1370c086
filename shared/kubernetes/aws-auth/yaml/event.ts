import type { Mark } from './reader.ts';

interface Properties {
  readonly at: Mark;
  readonly anchor: string | undefined;
  /** Resolved, or empty when there is none. */
  readonly tag: string;
}

/** What a YAML document is made of. `plain` scalars are resolved to other types, unless tagged. */
export type Event =
  | (Properties & { readonly kind: 'scalar'; readonly text: string; readonly plain: boolean })
  | (Properties & { readonly kind: 'sequence' | 'mapping' })
  | { readonly kind: 'sequence-end' | 'mapping-end'; readonly at: Mark }
  | { readonly kind: 'alias'; readonly name: string; readonly at: Mark }
  | { readonly kind: 'document' | 'document-end' | 'stream-end'; readonly at: Mark };
