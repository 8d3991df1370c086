import type { CompiledStatement } from './compile.ts';
import type { Caller } from './request.ts';

/** The statements of a policy whose principal and action a caller and its call match for certain. */
export interface Concerning {
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
}

/** A service or a web identity: whether a statement names it depends on its name alone, and is never undecided. */
export type NamedCaller = Exclude<Caller, { kind: 'aws' }>;

interface Entry extends Concerning {
  readonly name: string;
  readonly kind: NamedCaller['kind'];
  readonly action: string;
}

/** A policy is asked for few callers many times: the pods of one cluster, the associations of one role. */
const REMEMBERED = 8;

/**
 * Finds the statements that concern a caller and its action, remembering the last few answers: what is left to test for
 * each decision are conditions and resources, and statements for other providers are not walked again.
 */
export function concerning(statements: Concerning): (caller: NamedCaller, action: string) => Concerning {
  const entries: Entry[] = [];
  let next = 0;
  return (caller, action) => {
    const { kind } = caller;
    const name = caller.kind === 'federated' ? caller.provider : caller.service;
    for (const entry of entries) {
      if (entry.action === action && entry.kind === kind && entry.name === name) return entry;
    }
    const concerns = (statement: CompiledStatement) =>
      statement.principal(caller) !== 'no' && statement.action(action);
    const found: Entry = {
      name,
      kind,
      action,
      allows: statements.allows.filter(concerns),
      denies: statements.denies.length === 0 ? statements.denies : statements.denies.filter(concerns),
    };
    entries[next] = found;
    next = (next + 1) % REMEMBERED;
    return found;
  };
}
