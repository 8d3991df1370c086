import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../shared/config/config.ts';
import { pipelineRules } from '../shared/rules/evented/index.ts';
import { rules } from '../shared/rules/index.ts';
import type { Accepted } from '../shared/waivers/accepted.ts';
import { type ReadWaivers, readWaivers } from '../shared/waivers/parse-waivers.ts';
import { standingOf } from '../shared/waivers/standing.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';
import type { NamedRule } from './rule-names.ts';

export const WAIVER_FILE = 'podtrust.waivers.yaml';

/** The rules whose findings can be accepted. */
export const WAIVED_RULES: readonly NamedRule[] = [...rules, ...pipelineRules];

const NAMES: ReadonlySet<string> = new Set(WAIVED_RULES.map(({ name }) => name));

/** Reads the text of a file of waivers; rules have to be podtrust's. */
export function readWaiverText(text: string): ReadWaivers {
  return readWaivers(text, (name) => NAMES.has(name));
}

/**
 * The waivers of the named file, or of podtrust.waivers.yaml in the working folder, or none, as an audit and lint take them. Those
 * that do not hold are told on stderr. Throws UsageError: what cannot be read accepts nothing, and is no silence.
 */
export async function loadWaivers(file: string | undefined, config: Config, io: Io): Promise<Accepted> {
  const terms = { now: io.now(), mostDays: config.waivers.mostDays };
  const name = file ?? (existsSync(resolve(io.cwd, WAIVER_FILE)) ? WAIVER_FILE : undefined);
  if (name === undefined) return { ...terms, waivers: [] };
  const read = readWaiverText(await readText(name, 'waivers', io));
  if ('problems' in read) {
    const [first] = read.problems;
    const more = read.problems.length > 1 ? `, and ${read.problems.length - 1} more` : '';
    throw new UsageError(
      `waivers "${name}":${first?.line}:${first?.column}: ${first?.path}: ${first?.message}${more}. \`podtrust waivers check ${name}\` lists all.`,
    );
  }
  const ended = read.waivers.filter((waiver) => standingOf(waiver, terms) !== 'holds').length;
  if (ended > 0)
    io.err(
      `podtrust: ${ended} of ${read.waivers.length} waivers in ${name} do not hold (expired, or for too long); \`podtrust waivers check\` says which.\n`,
    );
  return { ...terms, waivers: read.waivers };
}
