import { foldSymbol, type Glob, inClass, type SymbolClass, type Token } from './globs.ts';

/** The state from which nothing is accepted any more. */
export const DEAD = 0;

/** The deterministic automaton of one glob, built state by state as it is walked. */
export interface Automaton {
  readonly start: number;
  readonly step: (state: number, symbol: string) => number;
  readonly accepts: (state: number) => boolean;
  /** True when the state accepts whatever follows. */
  readonly settled: (state: number) => boolean;
  /** The tokens that decide the next step: the symbols and classes that make a difference there. */
  readonly frontier: (state: number) => readonly Token[];
}

interface State {
  /** Tokens consumed so far, one per way to read the input; ascending. */
  readonly positions: readonly number[];
  readonly accepts: boolean;
  readonly settled: boolean;
  readonly next: Map<string, number>;
}

/** Builds the automaton of a glob lazily. */
export function automaton(glob: Glob): Automaton {
  const states: State[] = [];
  const numbers = new Map<string, number>();
  const intern = (reached: ReadonlySet<number>): number => {
    const positions = undominated(glob, reached);
    const name = positions.join();
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const accepts = positions.includes(glob.length);
    const settled = accepts && positions.some((at) => isLastStar(glob, at));
    states.push({ positions, accepts, settled, next: new Map() });
    numbers.set(name, states.length - 1);
    return states.length - 1;
  };
  intern(new Set());
  const start = intern(closure(glob, [0]));
  const step = (from: number, symbol: string): number => {
    const state = states[from];
    if (state === undefined) return DEAD;
    const known = state.next.get(symbol);
    if (known !== undefined) return known;
    const next = intern(closure(glob, advance(glob, state.positions, symbol)));
    state.next.set(symbol, next);
    return next;
  };
  return {
    start,
    step,
    accepts: (state) => states[state]?.accepts ?? false,
    settled: (state) => states[state]?.settled ?? false,
    frontier: (state) => (states[state]?.positions ?? []).flatMap((at) => glob[at] ?? []),
  };
}

/** A test of many texts against a union of globs. */
export function recognizer(globs: readonly Glob[]): (symbols: readonly string[]) => boolean {
  const automata = globs.map(automaton);
  return (symbols) => automata.some((one) => one.accepts(symbols.reduce(one.step, one.start)));
}

/** True when the text is in the glob's language. */
export function accepts(glob: Glob, symbols: readonly string[]): boolean {
  let positions = closure(glob, [0]);
  for (const symbol of symbols) {
    if (positions.size === 0) return false;
    positions = closure(glob, advance(glob, undominated(glob, positions), symbol));
  }
  return positions.has(glob.length);
}

/** True when the token can take the symbol. */
function takes(token: Token, symbol: string): boolean {
  if (token.kind !== 'symbol') return inClass(token.of, symbol);
  return token.symbol === (token.fold ? foldSymbol(symbol) : symbol);
}

function advance(glob: Glob, positions: readonly number[], symbol: string): number[] {
  const reached: number[] = [];
  for (const at of positions) {
    const token = glob[at];
    if (token !== undefined && takes(token, symbol)) reached.push(token.kind === 'many' ? at : at + 1);
  }
  return reached;
}

/** A `many` token may also stand for nothing. */
function closure(glob: Glob, positions: readonly number[]): Set<number> {
  const closed = new Set<number>();
  for (const from of positions) {
    let at = from;
    closed.add(at);
    while (glob[at]?.kind === 'many') {
      at += 1;
      closed.add(at);
    }
  }
  return closed;
}

/** Past a `*` that crosses everything, earlier positions accept nothing that it does not: dropping them keeps automata small. */
function undominated(glob: Glob, positions: ReadonlySet<number>): number[] {
  let last = 0;
  for (const at of positions) if (at > last && isStar(glob[at], 'any')) last = at;
  return [...positions].filter((at) => at >= last).sort((a, b) => a - b);
}

function isLastStar(glob: Glob, at: number): boolean {
  return at === glob.length - 1 && isStar(glob[at], 'any');
}

function isStar(token: Token | undefined, of: SymbolClass): boolean {
  return token?.kind === 'many' && token.of === of;
}
