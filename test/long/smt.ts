import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { virtualenv } from '../../scripts/emulators/virtualenv.ts';

/** What Z3 says of a set of assertions. */
export type Verdict = 'sat' | 'unsat' | 'unknown';

export interface Solver {
  /** One verdict for each list of assertions, over the same declarations. One call at a time. */
  readonly check: (declarations: string, questions: readonly string[]) => Promise<readonly Verdict[]>;
  readonly stop: () => void;
}

/** The WebAssembly build on npm is seven times slower at regular expressions, and gives up on some: hence Python. */
const Z3 = 'z3-solver==5.4.1.0';

/** Starts Z3 in a process of its own; throws PythonEnvironmentError where there is no Python 3. */
export async function startSolver(): Promise<Solver> {
  const bin = await virtualenv('z3', [Z3]);
  const child = spawn(join(bin, 'python'), [join(import.meta.dirname, 'z3_judge.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const check = async (declarations: string, questions: readonly string[]): Promise<readonly Verdict[]> => {
    child.stdin.write(`${JSON.stringify({ declarations, questions })}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('Z3 ended before it answered; what it said is above.');
    const verdicts: unknown = JSON.parse(value);
    if (!Array.isArray(verdicts) || verdicts.length !== questions.length)
      throw new Error(`Z3 answered ${value}`);
    return verdicts.map(verdictOf);
  };
  return { check, stop: () => child.kill() };
}

function verdictOf(answer: unknown): Verdict {
  if (answer === 'sat' || answer === 'unsat' || answer === 'unknown') return answer;
  throw new Error(`Z3 answered ${JSON.stringify(answer)}`);
}
