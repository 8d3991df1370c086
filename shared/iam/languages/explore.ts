import { representatives } from './alphabet.ts';
import { type Automaton, automaton, DEAD } from './automaton.ts';
import type { Glob, Token } from './globs.ts';
import { isPlain, trie } from './trie.ts';

/** A union of globs: a string is in it when one of them takes it. */
export type Language = readonly Glob[];

/** Steps that may still be spent; shared by everything that answers one question, so that no question runs away. */
export interface Budget {
  steps: number;
}

/** One combination of memberships that some string has, with a shortest such string. */
interface Cell {
  readonly member: readonly boolean[];
  readonly witness: string;
}

export interface Exploration {
  readonly cells: readonly Cell[];
  /** False when the budget ran out: there may be more cells. */
  readonly complete: boolean;
}

export interface ExploreOptions {
  readonly budget: Budget;
  /** Only strings of this language count. */
  readonly within?: Language;
  /** Stop at the first cell of this kind. */
  readonly until?: (member: readonly boolean[]) => boolean;
}

/**
 * Which combinations of memberships in the languages strings can have, by walking all automata side by side, breadth
 * first. Exact unless the budget runs out; the number of joint states is what it costs, not the length of strings.
 */
export function explore(languages: readonly Language[], options: ExploreOptions): Exploration {
  const walk = startWalk(languages, options);
  const cells = new Map<string, Cell>();
  for (let next = 0; next < walk.states.length; next++) {
    const state = walk.states[next];
    if (state === undefined) break;
    const cell = cellOf(walk, state, languages.length);
    if (cell !== null) {
      const name = cell.map(Number).join('');
      if (!cells.has(name)) cells.set(name, { member: cell, witness: readBack(walk.states, next) });
      if (options.until?.(cell)) return { cells: [...cells.values()], complete: true };
    }
    if (!expand(walk, state, next)) return { cells: [...cells.values()], complete: false };
  }
  return { cells: [...cells.values()], complete: true };
}

interface JointState {
  /** Languages that hold whatever follows, by number. */
  readonly settled: ReadonlySet<number>;
  /** Pairs of automaton and its state, for those that are neither dead nor in a settled language. */
  readonly live: readonly (readonly [number, number])[];
  readonly parent: number;
  readonly symbol: string;
}

interface Walk {
  readonly automata: readonly { readonly automaton: Automaton; readonly language: number }[];
  /** Number of the language that restricts the walk, or -1. */
  readonly within: number;
  readonly states: JointState[];
  readonly seen: Set<string>;
  readonly budget: Budget;
}

function startWalk(languages: readonly Language[], { within, budget }: ExploreOptions): Walk {
  const all = within === undefined ? languages : [...languages, within];
  const automata = all.flatMap((language, number) =>
    automataOf(language).map((one) => ({ automaton: one, language: number })),
  );
  const walk: Walk = {
    automata,
    within: within === undefined ? -1 : languages.length,
    states: [],
    seen: new Set(),
    budget,
  };
  const reached = automata.map((entry, number) => [number, entry.automaton.start] as const);
  visit(walk, new Set(), reached, -1, '');
  return walk;
}

function automataOf(language: Language): readonly Automaton[] {
  const plain = language.filter(isPlain);
  const others = language.filter((glob) => !isPlain(glob)).map(automaton);
  return plain.length === 0 ? others : [trie(plain), ...others];
}

/** Adds the states that follow; false when the budget is spent. */
function expand(walk: Walk, state: JointState, number: number): boolean {
  const frontier: Token[] = [];
  for (const [index, at] of state.live)
    frontier.push(...(walk.automata[index]?.automaton.frontier(at) ?? []));
  for (const symbol of representatives(frontier)) {
    walk.budget.steps -= state.live.length + 1;
    if (walk.budget.steps < 0) return false;
    const reached: (readonly [number, number])[] = [];
    for (const [index, at] of state.live) {
      const next = walk.automata[index]?.automaton.step(at, symbol) ?? DEAD;
      if (next !== DEAD) reached.push([index, next]);
    }
    visit(walk, state.settled, reached, number, symbol);
  }
  return true;
}

function visit(
  walk: Walk,
  before: ReadonlySet<number>,
  reached: readonly (readonly [number, number])[],
  parent: number,
  symbol: string,
): void {
  const settled = new Set(before);
  for (const [index, at] of reached) {
    const entry = walk.automata[index];
    if (entry?.automaton.settled(at)) settled.add(entry.language);
  }
  const live = reached.filter(([index]) => !settled.has(walk.automata[index]?.language ?? -1));
  if (walk.within >= 0 && !settled.has(walk.within) && !isLive(walk, live, walk.within)) return;
  const name = `${[...settled].sort((a, b) => a - b).join()}|${live.map((pair) => pair.join('.')).join()}`;
  if (walk.seen.has(name)) return;
  walk.seen.add(name);
  walk.states.push({ settled, live, parent, symbol });
}

function isLive(walk: Walk, live: JointState['live'], language: number): boolean {
  return live.some(([index]) => walk.automata[index]?.language === language);
}

/** The memberships of the string that leads to the state, or null when it is outside of the restriction. */
function cellOf(walk: Walk, state: JointState, count: number): boolean[] | null {
  const accepting = new Set(state.settled);
  for (const [index, at] of state.live) {
    const entry = walk.automata[index];
    if (entry?.automaton.accepts(at)) accepting.add(entry.language);
  }
  if (walk.within >= 0 && !accepting.has(walk.within)) return null;
  return Array.from({ length: count }, (_, language) => accepting.has(language));
}

function readBack(states: readonly JointState[], from: number): string {
  const symbols: string[] = [];
  for (let at = states[from]; at !== undefined && at.parent >= 0; at = states[at.parent])
    symbols.push(at.symbol);
  return symbols.reverse().join('');
}
