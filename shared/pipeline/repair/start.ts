import { mayAct } from '../../changes/guards/mode.ts';
import type { Config } from '../../config/config.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FindingStore } from '../../findings/store.ts';
import type { StoredFinding } from '../../findings/stored.ts';
import { pipelineRules } from '../../rules/evented/index.ts';
import { rules } from '../../rules/index.ts';
import type { Telemetry } from '../telemetry.ts';
import { executionName } from './execution-names.ts';
import type { Remediations, Repair } from './repair.ts';

export interface StartPorts {
  readonly store: Pick<FindingStore, 'findingsOf'>;
  readonly remediations: Remediations;
  readonly config: Config;
  readonly hash: (text: string) => string;
  readonly now: () => Date;
  readonly telemetry: Telemetry;
}

/** What an evaluation read: an account, and where its snapshot is. */
interface ReadAccount {
  readonly account: string;
  readonly key: string;
}

const MOST_AT_ONCE = 100;

const FIXABLE: ReadonlySet<string> = new Set(
  [...rules, ...pipelineRules].filter(({ fix }) => fix === 'guarded').map(({ name }) => name),
);

/**
 * Starts a repair of each finding that an evaluation left open and whose mode is not off. The name of an execution is the
 * finding's with the number of its last step and a span of time, so that evaluating again starts nothing twice, a start
 * that a crash prevented is made up for by the next evaluation, and what is open after an execution that came to nothing
 * is tried again, a few times.
 */
export function startRepairs(ports: StartPorts) {
  return async (read: readonly ReadAccount[]): Promise<{ readonly started: number }> => {
    const { config, store, remediations, telemetry, hash, now } = ports;
    if (config.fixes === undefined) return { started: 0 };
    let started = 0;
    for (const { account } of read) {
      const stored = await store.findingsOf({ kind: 'account', account });
      const wanted = mistakesFirst(stored.filter(({ finding }) => isWanted(finding, config)));
      const named = wanted.flatMap(({ finding, ...rest }) => {
        const name = executionName({ finding, ...rest }, hash, now());
        return name === null ? [] : [{ finding, name }];
      });
      for (const { finding, name } of named.slice(0, MOST_AT_ONCE)) {
        const outcome = await remediations.start(repairOf(finding, name, read));
        if (outcome === 'started') started += 1;
      }
    }
    telemetry.count('RepairsStarted', started);
    return { started };
  };
}

/** Whether a finding is repaired by an execution of its own now. */
export function isRepaired(
  stored: StoredFinding,
  { config, hash, now }: Pick<StartPorts, 'config' | 'hash' | 'now'>,
): boolean {
  return isWanted(stored.finding, config) && executionName(stored, hash, now()) !== null;
}

function isWanted({ status, rule, account, region, cluster }: Finding, config: Config): boolean {
  if (status !== 'open' || !FIXABLE.has(rule)) return false;
  const clusters = region === undefined || cluster === undefined ? null : [{ account, region, cluster }];
  // Tags are not known here: the plan looks at them.
  const roleTags = { known: false, reason: 'they were not looked at' } as const;
  return mayAct(config.fixes, { rule, account, clusters, roleTags });
}

/** Findings that name a mistake before those that only say what is not effective by it, which may need no plan then. */
function mistakesFirst(findings: readonly StoredFinding[]): StoredFinding[] {
  const isEffect = ({ finding }: StoredFinding) => finding.rule === 'no-missing-binding';
  return [...findings.filter((each) => !isEffect(each)), ...findings.filter(isEffect)];
}

function repairOf({ account, fingerprint }: Finding, name: string, read: readonly ReadAccount[]): Repair {
  const own = read.filter((each) => each.account === account);
  const others = read.filter((each) => each.account !== account);
  return { name, account, fingerprint, snapshots: [...own, ...others].map(({ key }) => key) };
}
