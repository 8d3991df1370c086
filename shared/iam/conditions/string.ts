import { literalOf, matcher, matchesEverything, type Tokens } from '../glob.ts';
import { known } from '../tri.ts';
import { fill, fixedTokens, parseTemplate } from '../variables.ts';
import type { Operand, OperandCompiler } from './operand.ts';

/** StringEquals: the text itself, case-sensitive; `*` and `?` are plain characters. */
export const stringEquals: OperandCompiler = compileString({ wildcards: false, ignoreCase: false });

/** StringEqualsIgnoreCase: the text itself in any case. */
export const stringEqualsIgnoreCase: OperandCompiler = compileString({ wildcards: false, ignoreCase: true });

/** StringLike: case-sensitive, `*` and `?` are wildcards that cross every character. */
export const stringLike: OperandCompiler = compileString({ wildcards: true, ignoreCase: false });

/** IAM user guide, Reference: condition operators, string; variables are supported. */
function compileString(how: { wildcards: boolean; ignoreCase: boolean }): OperandCompiler {
  return (text, version) => {
    if (!how.ignoreCase && isPlain(text, how.wildcards)) return literalOperand(text);
    const template = parseTemplate(text, version, how.wildcards);
    const fixed = fixedTokens(template);
    if (fixed !== null) return fixedOperand(fixed, how.ignoreCase);
    return {
      matches: (actual, context) => {
        const tokens = fill(template, context);
        if (tokens === 'undecided') return 'undecided';
        if (tokens === 'no-value') return 'no';
        if (!how.ignoreCase) return known(matcher(tokens)(actual));
        return known(literalOf(tokens)?.toLowerCase() === actual.toLowerCase());
      },
    };
  };
}

function fixedOperand(tokens: Tokens, ignoreCase: boolean): Operand {
  const literal = literalOf(tokens);
  if (literal !== null && ignoreCase) {
    const folded = literal.toLowerCase();
    return { matches: (actual) => known(actual.toLowerCase() === folded) };
  }
  if (literal !== null) return literalOperand(literal);
  const test = matcher(tokens);
  return {
    matches: (actual) => known(test(actual)),
    ...(matchesEverything(tokens) ? { everything: true } : {}),
  };
}

function literalOperand(literal: string): Operand {
  return { matches: (actual) => known(actual === literal), literal };
}

/** True when nothing in a text can be a wildcard or a variable: the usual case, which needs no tokens. */
function isPlain(text: string, wildcards: boolean): boolean {
  return wildcards ? !/[*?$]/.test(text) : !text.includes('$');
}
