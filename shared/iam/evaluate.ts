import type { CompiledPolicy, CompiledStatement } from './compile.ts';
import type { Concerning } from './concerning.ts';
import type { Decision, Mismatch, Request, StatementResult } from './request.ts';
import type { Tri } from './tri.ts';

/** What a policy says of a request. */
export type Outcome = Decision['outcome'];

/**
 * Decides a request without giving reasons. An explicit Deny wins; a Deny that may or may not apply makes an otherwise
 * allowed request undecided; without any Allow the request is denied. (IAM user guide, Reference: evaluation logic.)
 */
export function decide(compiled: CompiledPolicy, request: Request): Outcome {
  const { caller } = request;
  if (caller.kind === 'aws') return decideAmong(compiled, request, applies);
  return decideAmong(compiled.concerning(caller, request.action), request, holds);
}

function decideAmong({ allows, denies }: Concerning, request: Request, test: StatementTest): Outcome {
  const denied = someApplies(denies, request, test);
  if (denied === 'yes') return 'denied';
  return combine(denied, someApplies(allows, request, test));
}

/** Decides a request and says of every statement whether it applies and what first kept it from applying. */
export function evaluate(compiled: CompiledPolicy, request: Request): Decision {
  const statements = compiled.statements.map((statement) => examine(statement, request));
  const deny = strongest(statements, 'Deny');
  const allow = strongest(statements, 'Allow');
  if (deny?.applies === 'yes') return { outcome: 'denied', by: deny.statement, statements };
  const outcome = combine(deny?.applies ?? 'no', allow?.applies ?? 'no');
  if (outcome === 'denied') return { outcome, by: null, statements };
  const tipping = outcome === 'undecided' && allow?.applies === 'yes' ? deny : allow;
  return { outcome, by: tipping?.statement ?? null, statements };
}

/** The outcome where no Deny applies for certain. */
function combine(denied: Tri, allowed: Tri): Outcome {
  if (allowed === 'no') return 'denied';
  return allowed === 'yes' && denied === 'no' ? 'allowed' : 'undecided';
}

/** The first statement of an effect that applies, or else the first that may, or else none. */
function strongest(
  results: readonly StatementResult[],
  effect: 'Allow' | 'Deny',
): StatementResult | undefined {
  const ofEffect = results.filter(({ statement }) => statement.effect === effect);
  return (
    ofEffect.find(({ applies: value }) => value === 'yes') ??
    ofEffect.find(({ applies: value }) => value === 'undecided')
  );
}

/** `some` over statements without a closure for each decision: this is the inner loop of a whole audit. */
function someApplies(statements: readonly CompiledStatement[], request: Request, test: StatementTest): Tri {
  let result: Tri = 'no';
  for (const statement of statements) {
    const value = test(statement, request);
    if (value === 'yes') return 'yes';
    if (value === 'undecided') result = 'undecided';
  }
  return result;
}

type StatementTest = (compiled: CompiledStatement, request: Request) => Tri;

function applies(compiled: CompiledStatement, request: Request): Tri {
  const principal = compiled.principal(request.caller);
  if (principal === 'no' || !compiled.action(request.action)) return 'no';
  const rest = holds(compiled, request);
  return rest === 'no' ? rest : principal === 'undecided' ? principal : rest;
}

/** What is left to ask of a statement that names the caller and the action. */
function holds(compiled: CompiledStatement, request: Request): Tri {
  let result: Tri = 'yes';
  if (compiled.resource !== undefined) {
    const resource = compiled.resource(request.resource, request.context);
    if (resource === 'no') return 'no';
    if (resource === 'undecided') result = 'undecided';
  }
  for (const { key, test } of compiled.conditions) {
    const met = test(request.context(key), request.context);
    if (met === 'no') return 'no';
    if (met === 'undecided') result = 'undecided';
  }
  return result;
}

/** The same as `applies`, keeping the first part that decides. */
function examine(compiled: CompiledStatement, request: Request): StatementResult {
  const { statement } = compiled;
  let undecided: Mismatch | null = null;
  for (const { value, because } of parts(compiled, request)) {
    if (value === 'no') return { statement, applies: 'no', because };
    if (value === 'undecided') undecided ??= because;
  }
  return undecided === null
    ? { statement, applies: 'yes' }
    : { statement, applies: 'undecided', because: undecided };
}

interface Part {
  readonly value: Tri;
  readonly because: Mismatch;
}

function* parts(compiled: CompiledStatement, request: Request): Generator<Part> {
  const { statement } = compiled;
  const { principal, action, resource } = statement;
  yield {
    value: compiled.principal(request.caller),
    because: { part: 'principal', actual: request.caller, ...(principal ? { expected: principal } : {}) },
  };
  yield {
    value: compiled.action(request.action) ? 'yes' : 'no',
    because: { part: 'action', expected: action, actual: request.action },
  };
  if (compiled.resource !== undefined) {
    const because: Mismatch = {
      part: 'resource',
      ...(resource ? { expected: resource } : {}),
      ...(request.resource === undefined ? {} : { actual: request.resource }),
    };
    yield { value: compiled.resource(request.resource, request.context), because };
  }
  for (const { condition, key, test } of compiled.conditions) {
    const actual = request.context(key);
    yield { value: test(actual, request.context), because: { part: 'condition', condition, actual } };
  }
}
