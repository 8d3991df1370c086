import { transitionItem } from '../../shared/aws/findings/items.ts';
import { memoryEvidence } from '../../shared/evidence/memory-store.ts';
import type { EvidenceStore } from '../../shared/evidence/store.ts';
import type { FindingStore } from '../../shared/findings/store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import type { EventBus } from '../../shared/pipeline/canary.ts';
import type { Claims } from '../../shared/pipeline/claims.ts';
import { type History, memoryHistory } from '../../shared/pipeline/history.ts';
import type { OwedPorts } from '../../shared/pipeline/import-owed.ts';
import type { Turn } from '../../shared/pipeline/lane.ts';
import { laneRegister } from '../../shared/pipeline/lane-register.ts';
import { memoryLanes } from '../../shared/pipeline/memory-lanes.ts';
import type { Message } from '../../shared/pipeline/message.ts';
import type { ChatTopic, Outbox, Topic } from '../../shared/pipeline/notify.ts';
import type { ScopeRegister } from '../../shared/pipeline/register.ts';
import type { Evaluations } from '../../shared/pipeline/request-evaluations.ts';
import type { Relations } from '../../shared/pipeline/resolve-scope.ts';
import { openSqliteStore } from '../../shared/sqlite/finding-store.ts';
import type { WaiverStore } from '../../shared/waivers/store.ts';
import { memoryClaims } from './memory-claims.ts';
import { memoryRelations } from './memory-relations.ts';
import { memoryWaivers } from './memory-waivers.ts';
import { storeOutbox } from './published.ts';

/** Where the pipeline keeps, starts and publishes: what is AWS's in the hub. */
export interface Services {
  /** podtrust's bus, which delivers events in the shape in which rules see them. */
  readonly bus: (deliver: (event: object) => void) => EventBus;
  readonly claims: Claims;
  readonly history: History;
  readonly register: ScopeRegister;
  readonly relations: Relations;
  readonly evidence: EvidenceStore;
  readonly store: FindingStore;
  readonly waivers: WaiverStore;
  readonly outbox: Outbox & Pick<FindingStore, 'listUnpublished'>;
  readonly topic: Topic;
  readonly chat?: ChatTopic;
  /** Absent: findings are not imported. */
  readonly securityHub?: Omit<OwedPorts, 'telemetry' | 'now'>;
  readonly evaluations: Evaluations;
  /** Turns that were started and did not run yet. */
  readonly started: Turn[];
  /** Messages that were published and that nobody took yet. */
  readonly published: Message[];
  /** Items that the table's stream has to tell and did not tell yet. */
  readonly inserted: () => Promise<readonly object[]>;
  readonly close: () => void;
}

/** All of it in this process. */
export function memoryServices(now: () => Date): Services {
  const store = openSqliteStore(':memory:');
  const started: Turn[] = [];
  const published: Message[] = [];
  const told = new Set<string>();
  return {
    bus: (deliver) => ({
      put: async ({ source, detailType, detail }) => deliver({ source, 'detail-type': detailType, detail }),
    }),
    claims: memoryClaims(),
    history: memoryHistory(),
    register: laneRegister(memoryLanes(), sha256, now),
    relations: memoryRelations(),
    evidence: memoryEvidence(),
    store,
    waivers: memoryWaivers(),
    outbox: storeOutbox(store),
    topic: { publish: async (message) => void published.push(message) },
    evaluations: startedIn(started),
    started,
    published,
    inserted: async () => {
      const items: object[] = [];
      for await (const transition of store.listUnpublished()) {
        if (told.has(transition.id)) continue;
        told.add(transition.id);
        items.push(transitionItem(transition));
      }
      return items;
    },
    close: store.close,
  };
}

/** The names of a state machine's executions: each is started once. */
function startedIn(started: Turn[]): Evaluations {
  const names = new Set<string>();
  return {
    start: async (turn) => {
      if (names.has(turn.name)) return 'repeated';
      names.add(turn.name);
      started.push(turn);
      return 'started';
    },
    isRunning: async ({ name }) => started.some((turn) => turn.name === name),
  };
}
