import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../shared/findings/lifecycle.ts';
import type { Transition } from '../../../shared/findings/transition.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { Message } from '../../../shared/pipeline/message.ts';
import { type NotifyPorts, notify, type StreamRecord } from '../../../shared/pipeline/notify.ts';
import { publishLeftOver } from '../../../shared/pipeline/publish-left-over.ts';
import { auditOf, findingOf } from '../../support/findings.ts';
import { silent } from '../../support/pipeline.ts';

/** The first steps of findings of as many rules, and the second step of the first one. */
function transitions(count: number): readonly [Transition, ...Transition[]] {
  const findings = Array.from({ length: count }, (_, index) => findingOf({ rule: `rule-${index}` }));
  const first = stepsOf([], auditOf(1, { findings }), { hash: sha256 });
  const [again] = stepsOf(
    first.slice(0, 1).map(({ after }) => after),
    auditOf(2),
    { hash: sha256 },
  );
  const told = [...first, again!].map(({ transition }) => transition!);
  return [told[0]!, ...told.slice(1)];
}

function record(transition: Transition, index: number): StreamRecord {
  return { sequenceNumber: String(index), read: () => transition };
}

const unreadable: StreamRecord = {
  sequenceNumber: 'unreadable',
  read: () => {
    throw new SyntaxError('no JSON');
  },
};

type Fault = (call: string, id: string) => void;

/** A topic and an outbox that fail when `fault` throws: `publish`, `published` (sent, answer lost), `mark`, `marked`. */
function world(fault: Fault = () => {}) {
  const sent: Message[] = [];
  const marked = new Set<string>();
  const state = { fault };
  const ports: NotifyPorts = {
    telemetry: silent,
    now: () => new Date('2026-11-20T10:00:00Z'),
    outbox: {
      isPublished: async (id) => {
        state.fault('lookup', id);
        return marked.has(id);
      },
      markPublished: async (id) => {
        state.fault('mark', id);
        marked.add(id);
        state.fault('marked', id);
      },
    },
    topic: {
      publish: async (message) => {
        const { id = '' } = message.attributes;
        state.fault('publish', id);
        sent.push(message);
        state.fault('published', id);
      },
    },
  };
  const ids = () => sent.map(({ attributes }) => attributes['id']);
  return { ports, state, ids, marked };
}

/** Gives the batch again from the lowest failed record on, as Lambda does. */
async function stream(records: readonly StreamRecord[], ports: NotifyPorts, tries: number): Promise<void> {
  let left = records;
  for (let attempt = 0; attempt < tries && left.length > 0; attempt += 1) {
    const { failed } = await notify(ports)(left);
    const lowest = left.findIndex(({ sequenceNumber }) => failed.includes(sequenceNumber));
    left = lowest === -1 ? [] : left.slice(lowest);
  }
}

describe('a batch of the stream', () => {
  const told = transitions(4);
  const records = told.map(record);

  it('is published in order, and marked', async () => {
    const { ports, ids, marked } = world();
    expect(await notify(ports)(records)).toEqual({ failed: [] });
    expect(ids()).toEqual(told.map(({ id }) => id));
    expect([...marked]).toEqual(ids());
  });

  it('that comes again publishes nothing', async () => {
    const { ports, ids } = world();
    await notify(ports)(records);
    await notify(ports)(records);
    expect(ids()).toHaveLength(5);
  });

  it('goes on behind a record that cannot be read, which alone fails, try after try', async () => {
    const { ports, ids } = world();
    const batch = [unreadable, ...records];
    expect(await notify(ports)(batch)).toEqual({ failed: ['unreadable'] });
    expect(await notify(ports)(batch)).toEqual({ failed: ['unreadable'] });
    expect(ids()).toHaveLength(5);
  });

  it('holds later steps of a finding back until the earlier one is told', async () => {
    const { ports, state, ids } = world((call, id) => {
      if (call === 'publish' && id === told[0].id) throw new Error('denied');
    });
    expect(await notify(ports)(records)).toEqual({ failed: ['0', '4'] });
    state.fault = () => {};
    await notify(ports)(records);
    expect(ids().filter((id) => id === told[0].id || id === told[4]!.id)).toEqual([told[0].id, told[4]!.id]);
    expect(new Set(ids()).size).toBe(ids().length);
  });

  const calls = ['lookup', 'publish', 'published', 'mark', 'marked'];
  const cases = calls.flatMap((call) => told.map((_, index) => [call, index] as const));
  it.each(cases)('loses nothing when the call %s fails once at record %i', async (call, index) => {
    let failed = false;
    const { ports, ids, marked } = world((at, id) => {
      if (at !== call || id !== told[index]!.id || failed) return;
      failed = true;
      throw new Error('503');
    });
    await stream(records, ports, 3);
    expect(failed).toBe(true);
    expect(new Set(ids())).toEqual(new Set(told.map(({ id }) => id)));
    expect(marked.size).toBe(told.length);
    const repeated = ids().length - told.length;
    expect(repeated).toBe(call === 'published' || call === 'mark' ? 1 : 0);
  });

  it('whose tries ran out is made good by the sweep, the oldest first and nothing twice', async () => {
    const { ports, state, ids } = world((call, id) => {
      if (call === 'publish' && id !== told[2]!.id) throw new Error('throttled');
    });
    await stream(records, ports, 3);
    expect(ids()).toEqual([told[2]!.id]);
    state.fault = () => {};
    const listUnpublished = async function* () {
      yield* [...told].reverse();
    };
    const result = await publishLeftOver({ ...ports, listUnpublished })();
    expect(result).toEqual({ published: 4, failed: 0, more: false });
    expect(ids().at(-1)).toBe(told[4]!.id);
    expect(new Set(ids()).size).toBe(5);
    expect(ids()).toHaveLength(5);
  });
});

it('a chat that fails is told neither again nor instead of the topic', async () => {
  const { ports, ids } = world();
  const chat = {
    publish: async () => {
      throw new Error('the topic is gone');
    },
  };
  const records = transitions(2).map(record);
  expect(await notify({ ...ports, chat })(records)).toEqual({ failed: [] });
  expect(ids()).toHaveLength(3);
});

describe('the sweep', () => {
  const told = transitions(3);
  const listUnpublished = async function* () {
    yield* told;
  };

  it('leaves young ones to the stream', async () => {
    const { ports } = world();
    const now = () => new Date('2026-11-20T09:20:00Z');
    const sweep = publishLeftOver({ ...ports, now, listUnpublished });
    expect(await sweep()).toMatchObject({ published: 0 });
    expect(await sweep({ olderThanMinutes: 5 })).toMatchObject({ published: 4 });
  });

  it('publishes so many per run, and says that there are more', async () => {
    const { ports, ids } = world();
    expect(await publishLeftOver({ ...ports, listUnpublished })({ most: 2 })).toEqual({
      published: 2,
      failed: 0,
      more: true,
    });
    expect(ids()).toEqual([told[0].id, told[1]!.id]);
  });

  it('goes on with other findings when one fails', async () => {
    const { ports, ids } = world((call, id) => {
      if (call === 'publish' && id === told[0].id) throw new Error('denied');
    });
    expect(await publishLeftOver({ ...ports, listUnpublished })()).toMatchObject({ published: 2, failed: 1 });
    expect(ids()).toEqual([told[1]!.id, told[2]!.id]);
  });
});
