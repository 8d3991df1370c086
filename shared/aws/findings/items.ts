import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ownRoleName } from '../../findings/scope.ts';
import {
  readRecord,
  type ScopeMemory,
  type StoredFinding,
  scopeMemorySchema,
  storedFindingSchema,
} from '../../findings/stored.ts';
import { type Transition, transitionSchema } from '../../findings/transition.ts';
import { keys, listName, TRANSITION_SORT_KEY } from './table.ts';

export type Item = Record<string, AttributeValue>;

/** A finding as an item. `status`, `severity` and `rule` are there for people who look into the table. */
export function findingItem(stored: StoredFinding): Item {
  const { finding, version, expires, firstSeen } = stored;
  const role = ownRoleName(finding);
  const { region, cluster } = finding;
  return {
    ...findingKey(finding),
    version: { N: String(version) },
    status: { S: finding.status },
    severity: { S: finding.severity },
    rule: { S: finding.rule },
    body: { S: JSON.stringify(stored) },
    ...(role !== null && { role: { S: role } }),
    ...(region !== undefined && cluster !== undefined && { cluster: { S: keys.cluster(region, cluster) } }),
    ...(expires !== undefined && { expires: { N: String(expires) } }),
    ...(finding.status !== 'resolved' && {
      listed: { S: listName('open', finding.fingerprint) },
      since: { S: `${firstSeen} ${finding.fingerprint}` },
    }),
  };
}

export function findingKey({
  account,
  fingerprint,
}: Pick<StoredFinding['finding'], 'account' | 'fingerprint'>): Item {
  return { pk: { S: keys.account(account) }, sk: { S: keys.finding(fingerprint) } };
}

/** A transition as an item: marked as unpublished until somebody says otherwise. */
export function transitionItem(transition: Transition): Item {
  const { id, finding, readAt, sequence, change } = transition;
  return {
    ...transitionKey(id),
    change: { S: change },
    body: { S: JSON.stringify(transition) },
    listed: { S: listName('unpublished', finding.fingerprint) },
    since: { S: `${readAt} ${finding.fingerprint} ${String(sequence).padStart(9, '0')}` },
  };
}

export function transitionKey(id: string): Item {
  return { pk: { S: keys.transition(id) }, sk: { S: TRANSITION_SORT_KEY } };
}

export function memoryItem(account: string, scopeKey: string, memory: ScopeMemory): Item {
  return {
    ...memoryKey(account, scopeKey),
    version: { N: String(memory.version) },
    expires: { N: String(memory.expires) },
    body: { S: JSON.stringify(memory) },
  };
}

export function memoryKey(account: string, scopeKey: string): Item {
  return { pk: { S: keys.account(account) }, sk: { S: keys.memory(scopeKey) } };
}

/** Throw UnreadableRecordError when the item is not what podtrust wrote. */
export const readFinding = (item: Item): StoredFinding => readBody(storedFindingSchema, item);
export const readTransition = (item: Item): Transition => readBody(transitionSchema, item);
export const readMemory = (item: Item): ScopeMemory => readBody(scopeMemorySchema, item);

function readBody<Schema extends Parameters<typeof readRecord>[0]>(schema: Schema, item: Item) {
  return readRecord<Schema>(schema, `${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`, item['body']?.S ?? '');
}
