import { foldSymbol, inClass, type SymbolClass, type Token } from './globs.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const REST = '_/@=+,~#';

/**
 * The symbols worth trying next: each one that some token names, and one for every class of symbols that all tokens
 * treat alike. Trying these decides what any symbol could do.
 */
export function representatives(frontier: readonly Token[]): readonly string[] {
  const named = new Set<string>();
  const classes = new Set<SymbolClass>();
  for (const token of frontier) {
    if (token.kind === 'symbol') for (const symbol of spellings(token)) named.add(symbol);
    else classes.add(token.of);
  }
  return [...named, ...unnamed(named, classes)];
}

/** A folded symbol in every case that folds to it. */
function spellings(token: { readonly symbol: string; readonly fold: boolean }): readonly string[] {
  if (!token.fold) return [token.symbol];
  const exotic = EXOTIC_CAPITALS.get(token.symbol);
  const all = [token.symbol, token.symbol.toUpperCase(), ...(exotic === undefined ? [] : [exotic])];
  return all.filter((symbol) => foldSymbol(symbol) === token.symbol);
}

/** Symbols with the same lower case as an ordinary capital: kelvin, angstrom, ohm. */
const EXOTIC_CAPITALS: ReadonlyMap<string, string> = new Map([
  ['k', '\u212a'],
  ['å', '\u212b'],
  ['ω', '\u2126'],
]);

function unnamed(named: ReadonlySet<string>, classes: ReadonlySet<SymbolClass>): readonly string[] {
  if (classes.size === 0 || (classes.size === 1 && classes.has('any'))) return [other(named)];
  const first = (symbols: string) => symbols.split('').find((symbol) => !named.has(symbol)) ?? [];
  return [first(LETTERS), first(DIGITS), first('-'), first('.'), first(':'), other(named, 'name')].flat();
}

/** A readable symbol that no token names, outside of the given class and the colon. */
function other(named: ReadonlySet<string>, outside?: SymbolClass): string {
  const readable = outside === undefined ? LETTERS + DIGITS + REST : REST;
  for (const symbol of readable) {
    if (!named.has(symbol) && (outside === undefined || !inClass(outside, symbol))) return symbol;
  }
  let code = 0xa1;
  while (named.has(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
}
