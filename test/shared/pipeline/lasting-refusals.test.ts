import { expect, it } from 'vitest';
import failure from '../../../events/AssumeRoleWithWebIdentity/failure.json' with { type: 'json' };
import { defaultConfig } from '../../../shared/config/config.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { memoryEvidence } from '../../../shared/evidence/memory-store.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { evaluate } from '../../../shared/pipeline/evaluate.ts';
import { memoryHistory } from '../../../shared/pipeline/history.ts';
import { observeSessions } from '../../../shared/pipeline/observe-sessions.ts';
import type { ScopeRequest } from '../../../shared/pipeline/scope-request.ts';
import { ACCOUNT, ISSUER, irsaStatement, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import { openSqliteStore } from '../../../shared/sqlite/finding-store.ts';
import { memoryClaims, requestOf, silent, turnFor } from '../../support/pipeline.ts';
import { refusedCallEvent } from '../../support/refused-call-event.ts';
import { inline, trusting } from '../../support/rule-estates.ts';

const SUBJECT = 'system:serviceaccount:shop:checkout';
const sound = trusting([irsaStatement()]);
const broken = trusting([
  irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:other' } } }),
]);
const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 20, 9, minutes)).toISOString();

/** A pod that is refused every six minutes, in an account whose state each reading gives. */
function hub() {
  const evidence = memoryEvidence();
  const store = openSqliteStore(':memory:');
  const history = memoryHistory();
  const kept = new Map<string, string>();
  const asked: ScopeRequest[] = [];
  const observe = observeSessions({
    store: evidence,
    keepsSessions: () => false,
    keepsAccessDenied: () => true,
    register: {
      request: async (lane, requests) => {
        asked.push(...requests);
        return { name: 'turn', lane, number: 1 };
      },
    },
    evaluations: { start: async () => 'started' },
    telemetry: silent,
  });
  const refuse = async (minutes: number): Promise<void> => {
    const detail = {
      ...failure.detail,
      eventTime: at(minutes),
      eventID: `event-${minutes}`,
      requestParameters: { ...failure.detail.requestParameters, roleArn: ROLE_ARN },
      userIdentity: {
        type: 'WebIdentityUser',
        userName: SUBJECT,
        identityProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`,
        principalId: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}:sts.amazonaws.com:${SUBJECT}`,
      },
    };
    const body = JSON.stringify({ ...failure, detail });
    expect(await observe([{ messageId: 'm', body }])).toEqual({ failed: [] });
  };
  const refuseCall = async (minutes: number): Promise<void> => {
    const event = refusedCallEvent({
      role: ROLE_ARN,
      detail: { eventTime: at(minutes), eventID: `call-${minutes}` },
    });
    expect(await observe([{ messageId: 'm', body: JSON.stringify(event) }])).toEqual({ failed: [] });
  };
  const read = async (minutes: number, state: Snapshot, request: ScopeRequest): Promise<void> => {
    const takenAt = at(minutes);
    kept.set(takenAt, JSON.stringify({ ...state, takenAt }));
    kept.set('requests', JSON.stringify([request]));
    await history.keep(ACCOUNT, takenAt, takenAt);
    const ports = {
      claims: memoryClaims(kept),
      store,
      waivers: { list: async () => [] },
      observed: { store: evidence, keepsSessions: () => false, keepsAccessDenied: () => true },
      history,
      causeFinder: () => async () => ({ outcome: 'none' as const }),
      telemetry: silent,
      config: defaultConfig,
      hash: sha256,
      now: () => new Date(takenAt),
      pause: async () => {},
      register: { busy: async function* () {} },
    };
    const accounts = [{ account: ACCOUNT, key: takenAt }];
    await evaluate(ports)({ turn: turnFor(ACCOUNT), requests: 'requests', accounts });
  };
  const openOf = async (name: string) => {
    const found = await store.findingsOf({ kind: 'account', account: ACCOUNT });
    return found
      .map(({ finding }) => finding)
      .filter(({ rule, status }) => rule === name && status === 'open');
  };
  const open = async () =>
    (await openOf('no-denied-web-identity')).map(({ evidence: facts, severity }) => [
      facts['cause'],
      severity,
    ]);
  const openCalls = async () =>
    (await openOf('no-missing-permission')).map(({ evidence: facts, severity }) => [
      facts['action'],
      severity,
    ]);
  return { refuse, refuseCall, read, open, openCalls, asked };
}

const byRefusal = requestOf({ scope: { kind: 'role', account: ACCOUNT, role: 'checkout' } });

it('a refusal that goes on while everything works becomes a finding within the hour, and ends a day after the last one', async () => {
  const { refuse, read, open, asked } = hub();
  await refuse(0);
  await read(1, sound, byRefusal);
  expect(await open()).toEqual([]);
  for (let minutes = 6; minutes <= 60; minutes += 6) await refuse(minutes);
  expect(asked).toHaveLength(2);
  await read(61, sound, byRefusal);
  expect(await open()).toEqual([['unexplained', 'medium']]);
  await read(60 + 23 * 60, sound, byRefusal);
  expect(await open()).toEqual([['unexplained', 'medium']]);
  await read(60 + 25 * 60, sound, byRefusal);
  expect(await open()).toEqual([]);
});

it('a refusal that the trust policy explains ends with the write that repairs it', async () => {
  const { refuse, read, open } = hub();
  await refuse(0);
  await read(1, broken, byRefusal);
  expect(await open()).toEqual([['not-named', 'low']]);
  await refuse(18);
  await read(21, sound, { ...byRefusal, writtenAt: at(20) });
  expect(await open()).toEqual([]);
});

it('a repair that lets nobody in after all is told, though the finding of before has ended', async () => {
  const { refuse, read, open } = hub();
  await refuse(0);
  await read(1, broken, byRefusal);
  await read(3, sound, { ...byRefusal, writtenAt: at(2) });
  for (let minutes = 6; minutes <= 60; minutes += 6) await refuse(minutes);
  await read(61, sound, byRefusal);
  expect(await open()).toEqual([['unexplained', 'medium']]);
});

it('a refusal within the time that IAM takes to show a change accuses nobody', async () => {
  const { refuse, read, open } = hub();
  await read(-60, broken, byRefusal);
  await read(3, sound, { ...byRefusal, writtenAt: at(2) });
  await refuse(4);
  await read(5, sound, byRefusal);
  expect(await open()).toEqual([]);
});

it('a refused call is a finding while the policies of the role do not allow it, and ends with the write that does', async () => {
  const { refuseCall, read, openCalls, asked } = hub();
  const granted = trusting([irsaStatement()], {
    role: { inlinePolicies: [inline('ec2:DescribeInstances', '*')] },
  });
  await refuseCall(0);
  expect(asked).toMatchObject([{ scope: { kind: 'role', role: ROLE_ARN.split('/').at(-1) } }]);
  await read(1, sound, byRefusal);
  expect(await openCalls()).toEqual([['ec2:DescribeInstances', 'low']]);
  await refuseCall(18);
  const [cause] = byRefusal.causes;
  if (cause === undefined) throw new Error('a request has a cause');
  const written = { ...cause, service: 'iam.amazonaws.com', eventName: 'PutRolePolicy', time: at(20) };
  await read(21, granted, { ...byRefusal, causes: [written] });
  expect(await openCalls()).toEqual([]);
});

it('a refused call ends a day after the last one, though nothing allows it', async () => {
  const { refuseCall, read, openCalls } = hub();
  await refuseCall(0);
  await read(1, sound, byRefusal);
  expect(await openCalls()).toHaveLength(1);
  await read(24 * 60 + 1, sound, byRefusal);
  expect(await openCalls()).toEqual([]);
});
