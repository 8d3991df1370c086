import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from '../../../shared/lambda/hash.ts';
import type { Lane } from '../../../shared/pipeline/lane.ts';
import { mergeRequests } from '../../../shared/pipeline/merge-requests.ts';
import {
  MOST_CAUSES,
  type ScopeRequest,
  scopeRequestSchema,
} from '../../../shared/pipeline/scope-request.ts';
import { triage } from '../../../shared/pipeline/triage.ts';
import { sample } from '../../support/event-samples.ts';
import { requestOf, silent } from '../../support/pipeline.ts';

/** A write of the role `payments-api`, in a second of the same minute. */
interface Write {
  readonly name: 'UpdateAssumeRolePolicy' | 'TagRole' | 'CreateRole' | 'DeleteRole';
  readonly second: number;
  readonly document: string;
}

function messageOf({ name, second, document }: Write, index: number) {
  const event = sample(`${name}/success`);
  const written =
    name === 'UpdateAssumeRolePolicy'
      ? { policyDocument: document }
      : name === 'CreateRole'
        ? { assumeRolePolicyDocument: document }
        : {};
  const parameters = { ...Object(event.detail['requestParameters']), roleName: 'payments-api', ...written };
  const detail = {
    ...event.detail,
    eventID: `event-${index}`,
    eventTime: `2026-11-20T09:00:0${second}Z`,
    requestParameters: parameters,
  };
  return { messageId: `m${index}`, body: JSON.stringify({ ...event, detail }) };
}

/** What triage asks for after these messages in one batch. */
async function asked(messages: readonly ReturnType<typeof messageOf>[]): Promise<ScopeRequest> {
  const requests: ScopeRequest[] = [];
  const request = async (_lane: Lane, asked: readonly ScopeRequest[]) => {
    requests.push(...asked);
    return null;
  };
  const ports = { register: { request }, evaluations: { start: async () => 'started' as const } };
  await triage({ ...ports, telemetry: silent, hash: sha256, now: () => new Date() })(messages);
  expect(requests).toHaveLength(1);
  return requests[0]!;
}

const write: fc.Arbitrary<Write> = fc.record({
  name: fc.constantFrom(
    'UpdateAssumeRolePolicy',
    'UpdateAssumeRolePolicy',
    'TagRole',
    'CreateRole',
    'DeleteRole',
  ),
  second: fc.integer({ min: 0, max: 3 }),
  document: fc.constantFrom('{"a":1}', '{ "a": 1 }', '{"b":2}', '{"c":3}'),
});

it('gives what all events in one batch would have given, in whatever batches and order they came', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(write, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (drafts, backwards) => {
        const messages = drafts.map(([each, batch], index) => ({ batch, message: messageOf(each, index) }));
        const batches = [...Map.groupBy(messages, ({ batch }) => batch).values()];
        const apart = await Promise.all(batches.map((batch) => asked(batch.map(({ message }) => message))));
        const [first, ...more] = backwards ? apart.reverse() : apart;
        const together = await asked(messages.map(({ message }) => message));
        expect(more.reduce(mergeRequests, first!)).toEqual(together);
      },
    ),
    { numRuns: 300 },
  );
});

it('counts an event that is among the causes of both once', () => {
  expect(mergeRequests(requestOf(), requestOf())).toEqual(requestOf());
});

it('keeps what a register takes, however many documents one second saw', () => {
  const writtenAt = '2026-11-20T09:14:05.000Z';
  const documents = (from: number) =>
    requestOf({ writtenAt, expected: [0, 1, 2].map((n) => sha256(`${from + n}`)) });
  const merged = mergeRequests(documents(0), documents(3));
  expect(scopeRequestSchema.parse(merged).expected).toEqual([]);
  expect(mergeRequests(documents(0), documents(1)).expected.length).toBeLessThanOrEqual(MOST_CAUSES);
  expect(mergeRequests(merged, documents(0)).expected).toEqual([]);
});
