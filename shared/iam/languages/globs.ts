import type { Pattern } from '../admitted-types.ts';

/** Which symbols a wildcard crosses; the narrow ones describe ARN parts and Kubernetes names. */
export type SymbolClass = 'any' | 'not-colon' | 'digit' | 'alphanumeric' | 'label' | 'name';

/** One step of a pattern. `fold`: the symbol is compared without regard to case, and kept lower-cased. */
export type Token =
  | { readonly kind: 'symbol'; readonly symbol: string; readonly fold: boolean }
  | { readonly kind: 'one'; readonly of: SymbolClass }
  | { readonly kind: 'many'; readonly of: SymbolClass };

/** A pattern as a sequence of tokens: the form that the automata work on. */
export type Glob = readonly Token[];

/** Every string. */
export const EVERYTHING: Glob = [{ kind: 'many', of: 'any' }];

/** What `?` stands for once: a UTF-16 unit, as in the rest of the evaluator. */
export function symbolsOf(text: string): readonly string[] {
  return text.split('');
}

/** Lower-cases one symbol, leaving alone those whose lower case is longer. */
export function foldSymbol(symbol: string): string {
  const lower = symbol.toLowerCase();
  return lower.length === symbol.length ? lower : symbol;
}

/** True when a wildcard of the class takes the symbol. */
export function inClass(symbolClass: SymbolClass, symbol: string): boolean {
  switch (symbolClass) {
    case 'any':
      return true;
    case 'not-colon':
      return symbol !== ':';
    case 'digit':
      return symbol >= '0' && symbol <= '9';
    case 'alphanumeric':
      return (symbol >= '0' && symbol <= '9') || (symbol >= 'a' && symbol <= 'z');
    case 'label':
      return symbol === '-' || inClass('alphanumeric', symbol);
    case 'name':
      return symbol === '.' || inClass('label', symbol);
  }
}

/** The tokens of a text in which nothing is a wildcard. */
export function literalGlob(text: string, fold = false): Glob {
  return symbolsOf(text).map((symbol) => ({
    kind: 'symbol',
    symbol: fold ? foldSymbol(symbol) : symbol,
    fold,
  }));
}

/** The tokens of a pattern of a policy. */
export function globOf(pattern: Pattern): Glob {
  if (pattern.arn) return arnGlob(pattern);
  return tokensOf(pattern, 0, pattern.text.length, 'any');
}

/** Rewrites a glob so that its wildcards stay within a class: a test of a part of a longer string. */
export function confined(glob: Glob, to: SymbolClass): Glob {
  return glob.map((token) => (token.kind === 'symbol' ? token : { kind: token.kind, of: to }));
}

/** Six colon-separated parts; a wildcard stays within its part, and only the last part may hold colons. */
function arnGlob(pattern: Pattern): Glob {
  const tokens: Token[] = [];
  let from = 0;
  for (let part = 0; part < 5; part++) {
    const colon = pattern.text.indexOf(':', from);
    if (colon < 0) return [...tokens, ...tokensOf(pattern, from, pattern.text.length, 'not-colon')];
    tokens.push(...tokensOf(pattern, from, colon + 1, 'not-colon'));
    from = colon + 1;
  }
  return [...tokens, ...tokensOf(pattern, from, pattern.text.length, 'any')];
}

function tokensOf(pattern: Pattern, from: number, to: number, wild: SymbolClass): Token[] {
  const tokens: Token[] = [];
  let at = from;
  for (const symbol of symbolsOf(pattern.text.slice(from, to))) {
    const literal = pattern.literal || (pattern.literalAt?.includes(at) ?? false);
    tokens.push(tokenOf(symbol, literal, pattern.ignoreCase, wild));
    at += symbol.length;
  }
  return tokens;
}

function tokenOf(symbol: string, literal: boolean, fold: boolean, wild: SymbolClass): Token {
  if (!literal && symbol === '*') return { kind: 'many', of: wild };
  if (!literal && symbol === '?') return { kind: 'one', of: wild };
  return { kind: 'symbol', symbol: fold ? foldSymbol(symbol) : symbol, fold };
}
