import { ARN_PARTS, splitArn } from '../arn.ts';
import { matcher, matchesEverything, type StringTest, type Tokens } from '../glob.ts';
import { known, type Tri } from '../tri.ts';
import { fill, fixedTokens, parseTemplate, splitAtColons } from '../variables.ts';
import { NOTHING, type Operand, type OperandCompiler } from './operand.ts';

/**
 * ArnEquals and ArnLike, which behave alike: each of the six parts is matched on its own, with wildcards that do not
 * cross the colons between them; case-sensitive. (IAM user guide, Reference: condition operators, ARN.)
 */
export const arnLike: OperandCompiler = (text, version) => {
  const template = parseTemplate(text, version, true);
  const fixed = fixedTokens(template);
  if (fixed !== null) return fixedOperand(fixed);
  return {
    matches: (actual, context): Tri => {
      const tokens = fill(template, context);
      if (tokens === 'undecided') return 'undecided';
      return tokens === 'no-value' ? 'no' : fixedOperand(tokens).matches(actual, context);
    },
  };
};

/**
 * A pattern of fewer than six parts is no ARN and matches nothing, by the letter of the documentation; a lone `*` is
 * left undecided, since nothing documents whether it stands for every ARN.
 */
function fixedOperand(tokens: Tokens): Operand {
  if (matchesEverything(tokens)) return { matches: () => 'undecided' };
  const parts = splitAtColons(tokens, ARN_PARTS);
  if (parts.length < ARN_PARTS) return NOTHING;
  const tests = parts.map((part) => matcher(part));
  return { matches: (actual) => known(matchesParts(tests, actual)) };
}

function matchesParts(tests: readonly StringTest[], actual: string): boolean {
  const parts = splitArn(actual);
  return parts.length === ARN_PARTS && tests.every((test, index) => test(parts[index] ?? ''));
}
