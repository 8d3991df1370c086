import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../shared/findings/lifecycle.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { laneRegister } from '../../../shared/pipeline/lane-register.ts';
import { memoryLanes } from '../../../shared/pipeline/memory-lanes.ts';
import type { OwedImports } from '../../../shared/pipeline/owed-imports.ts';
import { type SweepPorts, sweep } from '../../../shared/pipeline/sweep.ts';
import { auditOf, findingOf } from '../../support/findings.ts';
import { silent } from '../../support/pipeline.ts';

const now = () => new Date('2026-11-20T10:00:00Z');
const [step] = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });
const { account, fingerprint } = step!.after.finding;

/** One transition that nobody published, and one finding that Security Hub did not take. */
function setUp({ topicFails = false, listFails = false } = {}) {
  const published: unknown[] = [];
  const settled: string[] = [];
  const owed: OwedImports = {
    note: async () => {},
    list: async function* () {
      if (listFails) throw new Error('no access to the notes');
      yield { account, fingerprint, token: 'a' };
    },
    current: async () => new Map([[fingerprint, step!.after]]),
    settle: async ({ token }) => void settled.push(token),
  };
  const ports: SweepPorts = {
    register: laneRegister(memoryLanes(), sha256, now),
    evaluations: { start: async () => 'started', isRunning: async () => false },
    outbox: { isPublished: async () => false, markPublished: async () => {} },
    listUnpublished: async function* () {
      yield step!.transition!;
    },
    topic: {
      publish: async (message) => {
        if (topicFails) throw new Error('denied');
        published.push(message);
      },
    },
    telemetry: silent,
    now,
  };
  const imports = {
    owed,
    securityHub: { importFindings: async () => [] },
    place: () => ({ partition: 'aws', region: 'eu-west-1', account: '999988887777' }),
  };
  return { ports, imports, published, settled };
}

describe('a sweep', () => {
  it('without Security Hub says nothing of it', async () => {
    const { ports, published } = setUp();
    expect(await sweep(ports)()).toEqual({ resumed: 0, published: 1, failed: 0, more: false });
    expect(published).toHaveLength(1);
  });

  it('imports what Security Hub did not take, although the topic refuses', async () => {
    const { ports, imports, settled } = setUp({ topicFails: true });
    expect(await sweep({ ...ports, imports })()).toMatchObject({
      failed: 1,
      securityHub: { imported: 1, owing: 0 },
    });
    expect(settled).toEqual(['a']);
  });

  it('publishes what is left over although the notes cannot be listed, and says that they cannot', async () => {
    const { ports, imports, published } = setUp({ listFails: true });
    await expect(sweep({ ...ports, imports })()).rejects.toThrow('no access to the notes');
    expect(published).toHaveLength(1);
  });
});
