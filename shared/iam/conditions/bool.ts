import { literalOf } from '../glob.ts';
import { known, type Tri } from '../tri.ts';
import { fill, fixedTokens, parseTemplate } from '../variables.ts';
import { NOTHING, type OperandCompiler } from './operand.ts';

/** Reads `true` and `false` in any case. */
export function readBoolean(text: string): boolean | null {
  const folded = text.toLowerCase();
  if (folded === 'true') return true;
  return folded === 'false' ? false : null;
}

/** Bool: `true` or `false` in any case; variables are supported (IAM user guide, Reference: condition operators, Boolean). */
export const bool: OperandCompiler = (text, version) => {
  const template = parseTemplate(text, version, false);
  if (fixedTokens(template) === null) {
    return {
      matches: (actual, context): Tri => {
        const tokens = fill(template, context);
        if (tokens === 'undecided') return 'undecided';
        return tokens === 'no-value' ? 'no' : sameBoolean(literalOf(tokens) ?? '', actual);
      },
    };
  }
  return readBoolean(text) === null ? NOTHING : { matches: (actual) => sameBoolean(text, actual) };
};

function sameBoolean(operand: string, actual: string): Tri {
  const value = readBoolean(operand);
  return known(value !== null && readBoolean(actual) === value);
}
