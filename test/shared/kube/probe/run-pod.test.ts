import { ApiException, type V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { runTestPod } from '../../../../shared/kube/probe/run-pod.ts';

const WISH = { namespace: 'shop', serviceAccount: 'checkout', image: 'cli', region: 'eu-west-1', seconds: 3 };
const ARN = 'arn:aws:sts::111122223333:assumed-role/checkout/s';
const api = (code: number) => new ApiException(code, '', JSON.stringify({ message: 'no' }), {});
const cut = () => Object.assign(new Error('cut'), { code: 'ECONNRESET' });
const done: V1Pod = {
  status: {
    containerStatuses: [
      {
        name: 'probe',
        state: { terminated: { exitCode: 0, message: ARN } },
        image: '',
        imageID: '',
        ready: false,
        restartCount: 0,
      },
    ],
  },
};

type Answer = Error | V1Pod;

/** An API server that answers by a script, the last answer again and again, and remembers what it was asked. */
function server(script: { create?: Answer[]; read?: Answer[]; remove?: Answer[] }) {
  const calls: string[] = [];
  const answer = (kind: 'create' | 'read' | 'remove') => async (): Promise<V1Pod> => {
    calls.push(kind);
    const answers = script[kind] ?? [{}];
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next instanceof Error) throw next;
    return next ?? {};
  };
  return {
    calls,
    core: {
      createNamespacedPod: answer('create'),
      readNamespacedPod: answer('read'),
      deleteNamespacedPod: answer('remove'),
    },
  };
}

const run = (connection: ReturnType<typeof server>, signal = new AbortController().signal) =>
  runTestPod(connection, WISH, { name: 'probe-1', signal, sleep: async () => undefined });

const count = (calls: readonly string[], kind: string) => calls.filter((one) => one === kind).length;

describe('a test pod is deleted', () => {
  it.each<[string, Parameters<typeof server>[0], string]>([
    ['after it has ended', { read: [{}, {}, done] }, 'identity'],
    ['after its time', { read: [{}] }, 'undecided'],
    ['when it cannot be watched', { read: [api(403)] }, 'undecided'],
    ['when watching breaks again and again', { read: [cut()] }, 'undecided'],
    ['when watching broke once', { read: [cut(), done] }, 'identity'],
    ['when it is gone before its end was seen', { read: [api(404)] }, 'undecided'],
    ['when the answer to its creation was lost', { create: [cut()] }, 'undecided'],
    ['when the API server failed at its creation', { create: [api(500)] }, 'undecided'],
  ])('%s', async (_name, script, kind) => {
    const connection = server(script);
    const answer = await run(connection);
    expect(answer.outcome.kind).toBe(kind);
    expect(answer.cleanup).toMatchObject({ pod: 'shop/probe-1', deleted: true });
    expect(count(connection.calls, 'remove')).toBe(1);
  });

  it('when the probe is interrupted, at once', async () => {
    const controller = new AbortController();
    const connection = server({ read: [{}] });
    const sleep = async () => controller.abort();
    const answer = await runTestPod(connection, WISH, { name: 'probe-1', signal: controller.signal, sleep });
    expect(answer).toMatchObject({
      outcome: { why: expect.stringContaining('interrupted') },
      cleanup: { deleted: true },
    });
    expect(count(connection.calls, 'read')).toBe(1);
  });

  it('after further attempts', async () => {
    const connection = server({ read: [done], remove: [cut(), api(500), {}] });
    expect(await run(connection)).toMatchObject({
      outcome: { kind: 'identity' },
      cleanup: { deleted: true },
    });
    expect(count(connection.calls, 'remove')).toBe(3);
  });

  it('as often as it takes when it may yet come into being', async () => {
    const connection = server({ create: [cut()], remove: [api(404), api(404), {}] });
    expect(await run(connection)).toMatchObject({ cleanup: { deleted: true } });
    expect(count(connection.calls, 'remove')).toBe(3);
  });
});

describe('a test pod that cannot be deleted is named, with the command', () => {
  it.each<[string, Answer, number]>([
    ['denied', api(403), 1],
    ['unreachable', cut(), 5],
  ])('%s', async (_name, failure, attempts) => {
    const connection = server({ read: [done], remove: [failure] });
    expect(await run(connection)).toEqual({
      outcome: { kind: 'identity', arn: ARN },
      injected: 'none',
      cleanup: { pod: 'shop/probe-1', deleted: false, byHand: 'kubectl -n shop delete pod probe-1' },
    });
    expect(count(connection.calls, 'remove')).toBe(attempts);
  });
});

describe('no pod, nothing to delete', () => {
  it.each<[string, Parameters<typeof server>[0], RegExp]>([
    ['denied', { create: [api(403)] }, /podtrust-probe/],
    ['refused by admission', { create: [api(422)] }, /could not be created/],
  ])('%s', async (_name, script, why) => {
    const connection = server(script);
    expect(await run(connection)).toMatchObject({
      outcome: { kind: 'undecided', why: expect.stringMatching(why) },
      cleanup: null,
    });
    expect(connection.calls).toEqual(['create']);
  });

  it('interrupted before', async () => {
    const connection = server({});
    const answer = await run(connection, AbortSignal.abort());
    expect([answer.cleanup, connection.calls]).toEqual([null, []]);
  });
});
