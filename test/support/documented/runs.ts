import { createProgram } from '../../../cli/program.ts';
import { callsIn, callsInHelp, type Documented, documents } from './documented.ts';
import { type Verb, verbsOf } from './flags.ts';
import { FRAGMENTS } from './fragments.ts';
import { MORE } from './more-runs.ts';

const newProgram = () =>
  createProgram(
    {
      out: () => undefined,
      err: () => undefined,
      stdin: async () => '',
      env: {},
      cwd: '.',
      columns: 100,
      progress: false,
      colours: false,
      now: () => new Date(0),
    },
    () => undefined,
  );

/** Every command, with its flags. */
export const VERBS: readonly Verb[] = verbsOf(newProgram());

/** Every call of podtrust in a document or a help text, each once: all but the bare name, and the subject of a message. */
export const CALLS: readonly Documented[] = [
  ...new Map(
    [...documents().flatMap(callsIn), ...callsInHelp(newProgram())]
      .filter(({ argv: [first] }) => first !== undefined && first !== '…' && first !== 'worse:')
      .sort((a, b) => Number(a.example) - Number(b.example))
      .map((call) => [call.argv.join(' '), call]),
  ).values(),
];

/** What is run: every call that is more than a name within a sentence, and more. */
export const RUNS: readonly Documented[] = [
  ...CALLS.filter(({ argv }) => !(argv.join(' ') in FRAGMENTS)),
  ...MORE.map((line) => ({ at: 'beside the examples', argv: line.split(' '), example: false })),
];
