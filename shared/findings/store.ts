import type { Step } from './lifecycle.ts';
import type { Memories } from './memory.ts';
import type { FindingScope } from './scope.ts';
import type { ScopeMemory, StoredFinding, UnreadableRecordError } from './stored.ts';
import type { Transition } from './transition.ts';

/** `conflict`: somebody else wrote meanwhile, and what was to be written rests on what is no longer so. */
export type Written = 'written' | 'conflict';

/** What a commit did: on a conflict some steps may have been written and others not, but never half of one. */
export interface Commit {
  readonly outcome: Written;
  /** The transitions that were written. */
  readonly transitions: readonly Transition[];
}

/** Hears of a record that cannot be read and is passed over; without it the list throws. */
export type Unreadable = (error: UnreadableRecordError) => void;

/**
 * Where findings live. Every read but the lists sees every write that ended before it. A store throws what its medium
 * throws, and UnreadableRecordError.
 */
export interface FindingStore {
  /** What is remembered about these scopes; scopes without memory are absent. */
  readonly memories: (scopes: readonly FindingScope[]) => Promise<Memories>;
  /** Keeps a scope's memory, if the one that is there is still of version `memory.version - 1` (0: there is none). */
  readonly remember: (scope: FindingScope, memory: ScopeMemory) => Promise<Written>;
  /** Every finding of a scope, resolved ones too. */
  readonly findingsOf: (scope: FindingScope) => Promise<readonly StoredFinding[]>;
  /**
   * Writes steps, each finding together with its transition, if the finding is still what the step rests on and the
   * memories of the scopes around it are still `memories`. When it throws, some steps may have been written, too.
   */
  readonly commit: (steps: readonly Step[], memories: Memories) => Promise<Commit>;
  /** Findings that are open or waived, of one account or of all; a write of the last second may be missing. */
  readonly listOpen: (account?: string) => AsyncIterable<StoredFinding>;
  /** Transitions that nobody marked as published, oldest first; a write of the last second may be missing. */
  readonly listUnpublished: (unreadable?: Unreadable) => AsyncIterable<Transition>;
  /** Marks a transition as published at a time; nothing happens when it was marked before. */
  readonly markPublished: (id: string, at: Date) => Promise<void>;
}
