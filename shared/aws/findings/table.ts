/**
 * The table of findings, for whoever makes it: the stack and the tests. Three kinds of items share it (docs/findings.md):
 * findings and the memories of scopes under their account, transitions under their id.
 */
export const FINDING_TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expires',
  /** Indexes of one account's findings. Local, since only those can be read as of now. */
  local: { byRole: 'role', byCluster: 'cluster' },
  /** What is open, and what is not published yet: items leave it when they are neither. */
  listed: { name: 'listed', partitionKey: 'listed', sortKey: 'since' },
} as const;

/** Every index of the table. */
export const INDEX_NAMES: readonly string[] = [
  ...Object.values(FINDING_TABLE.local),
  FINDING_TABLE.listed.name,
];

/** Sort key of a transition: what a consumer of the stream filters by. */
export const TRANSITION_SORT_KEY = 'transition';

/** Sort keys of a lane of the pipeline, and of the digest of an account's relations. */
export const LANE_SORT_KEY = 'lane';
export const RELATIONS_SORT_KEY = 'relations';

/** Sort key of the list of an account's kept snapshots. */
export const HISTORY_SORT_KEY = 'history';

/** Sort key of what the last scan of an account rested on. */
export const SCAN_SORT_KEY = 'scan';

/** Partition key of the waivers. */
export const WAIVERS_PARTITION_KEY = 'waivers';

/** Partition key of the notes about findings that Security Hub did not take; their sort key is the fingerprint. */
export const OWED_PARTITION_KEY = 'owed-imports';

export const keys = {
  waiver: (id: string) => `waiver#${id}`,
  account: (account: string) => `account#${account}`,
  finding: (fingerprint: string) => `finding#${fingerprint}`,
  memory: (scopeKey: string) => `scope#${scopeKey}`,
  transition: (id: string) => `transition#${id}`,
  cluster: (region: string, cluster: string) => `${region}/${cluster}`,
  lane: (laneKey: string) => `lane#${laneKey}`,
  relation: (subject: string) => `relation#${subject}`,
  evidence: (account: string) => `evidence#${account}`,
} as const;

/** Lists are spread by the first digit of the fingerprint, so that no single partition takes every write. */
export const SHARDS = [...'0123456789abcdef'] as const;

export function listName(list: 'open' | 'unpublished', fingerprint: string): string {
  return `${list}#${fingerprint.slice(0, 1)}`;
}
