import type { CompiledPolicy, CompiledStatement } from '../iam/compile.ts';

/** The Allow statements of a policy, in order. */
export function allowsOf({ statements }: CompiledPolicy): CompiledStatement[] {
  return statements.filter(({ statement }) => statement.effect === 'Allow');
}

/** The Deny statements of a policy, in order. */
export function deniesOf({ statements }: CompiledPolicy): CompiledStatement[] {
  return statements.filter(({ statement }) => statement.effect === 'Deny');
}
