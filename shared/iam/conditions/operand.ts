import type { PolicyVersion } from '../policy.ts';
import { known, type Tri } from '../tri.ts';
import type { Context } from '../variables.ts';

/** One value of a condition, compiled: whether a value of the request matches it. */
export interface Operand {
  readonly matches: (actual: string, context: Context) => Tri;
  /** The only string that matches, where there is such a one: lets long lists become an index. */
  readonly literal?: string;
  /** True when every value matches, so that a value that is there but unknown does too. */
  readonly everything?: true;
  /** True when no value matches, whatever it is. */
  readonly nothing?: true;
}

/** Compiles one value. Never throws: a value that makes no sense under its operator matches nothing. */
export type OperandCompiler = (text: string, version: PolicyVersion) => Operand;

/** An operand that no value matches: a number that is none, a date that cannot be read. */
export const NOTHING: Operand = { matches: () => 'no', nothing: true };

/** An operand that compares values after reading both sides; what cannot be read on either side does not match. */
export function comparing<Value>(
  read: (text: string) => Value | null,
  holds: (actual: Value, operand: Value) => boolean,
): OperandCompiler {
  return (text) => {
    const operand = read(text);
    if (operand === null) return NOTHING;
    return {
      matches: (actual) => {
        const value = read(actual);
        return known(value !== null && holds(value, operand));
      },
    };
  };
}
