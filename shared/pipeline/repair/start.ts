import { mayAct } from '../../changes/guards/mode.ts';
import type { Config } from '../../config/config.ts';
import type { FindingStore } from '../../findings/store.ts';
import type { StoredFinding } from '../../findings/stored.ts';
import { pipelineRules } from '../../rules/evented/index.ts';
import { rules } from '../../rules/index.ts';
import type { Telemetry } from '../telemetry.ts';
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

/** Findings whose last step is older are not looked at: their execution was started when it was new. */
const LOOKS_BACK_HOURS = 24;
const MOST_AT_ONCE = 100;

const FIXABLE: ReadonlySet<string> = new Set(
  [...rules, ...pipelineRules].filter(({ fix }) => fix === 'guarded').map(({ name }) => name),
);

/**
 * Starts a repair of each finding that an evaluation left open and whose mode is not off. The name of an execution is the
 * finding's with the number of its last step, so that evaluating again starts nothing twice, and a start that a crash
 * prevented is made up for by the next evaluation.
 */
export function startRepairs(ports: StartPorts) {
  return async (read: readonly ReadAccount[]): Promise<{ readonly started: number }> => {
    const { config, store, remediations, telemetry } = ports;
    if (config.fixes === undefined) return { started: 0 };
    let started = 0;
    for (const { account } of read) {
      const stored = await store.findingsOf({ kind: 'account', account });
      const wanted = stored.filter((each) => isWanted(each, ports)).slice(0, MOST_AT_ONCE);
      for (const each of wanted) {
        const outcome = await remediations.start(repairOf(each, read, ports.hash));
        if (outcome === 'started') started += 1;
      }
    }
    telemetry.count('RepairsStarted', started);
    return { started };
  };
}

function isWanted({ finding, lastChanged }: StoredFinding, { config, now }: StartPorts): boolean {
  if (finding.status !== 'open' || !FIXABLE.has(finding.rule)) return false;
  if (now().getTime() - Date.parse(lastChanged) > LOOKS_BACK_HOURS * 3_600_000) return false;
  const { account, region, cluster } = finding;
  const clusters = region === undefined || cluster === undefined ? null : [{ account, region, cluster }];
  // Tags are not known here: the plan looks at them.
  const roleTags = { known: false, reason: 'they were not looked at' } as const;
  return mayAct(config.fixes, { rule: finding.rule, account, clusters, roleTags });
}

function repairOf(
  { finding, life, sequence }: StoredFinding,
  read: readonly ReadAccount[],
  hash: StartPorts['hash'],
): Repair {
  const { account, fingerprint } = finding;
  const own = read.filter((each) => each.account === account);
  const others = read.filter((each) => each.account !== account);
  return {
    name: `fix-${fingerprint.slice(0, 32)}-${hash(`${life} ${sequence}`).slice(0, 16)}`,
    account,
    fingerprint,
    snapshots: [...own, ...others].map(({ key }) => key),
  };
}
