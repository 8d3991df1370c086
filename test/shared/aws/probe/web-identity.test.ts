import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askSts, type StsClients } from '../../../../shared/aws/probe/web-identity.ts';
import { estateOf, ROLE_ARN, role } from '../../../../shared/rules/examples/estate.ts';
import { simulationFrom } from '../../../../simulator/load.ts';
import type { Simulation } from '../../../../simulator/simulation.ts';
import { type KeysOf, startStsServer } from '../../../support/sts-server.ts';
import { secretsOf, type TestIssuer, testIssuer, withPayload } from '../../../support/tokens.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
let issuer: TestIssuer;
let token: string;
let simulation: Simulation;
let server: Awaited<ReturnType<typeof startStsServer>>;
let keysOf: KeysOf;

beforeAll(async () => {
  issuer = await testIssuer(NOW);
  token = await issuer.sign();
  keysOf = async () => JSON.parse(issuer.jwks);
  simulation = simulationFrom(estateOf({ roles: [role()] }), { now: NOW });
  server = await startStsServer(simulation, (one) => keysOf(one));
});
afterAll(() => server.close());

/** Whoever has no credentials of their own may ask: the call is not signed. */
const clients =
  (endpoint: string): StsClients =>
  (region, credentials) =>
    new STSClient({
      endpoint,
      region: region ?? 'eu-west-1',
      maxAttempts: 1,
      credentials:
        credentials ??
        (async () => {
          throw new Error('no credentials were to be asked for');
        }),
    });
const ask = (text = token, roleArn = ROLE_ARN, endpoint = server.endpoint) =>
  askSts(clients(endpoint))({ token: text, roleArn, region: 'eu-west-1' });

it('opens a session and says whose it is, and gives no credentials away', async () => {
  const answer = await ask();
  const session = 'arn:aws:sts::111122223333:assumed-role/checkout/podtrust-probe';
  expect(answer).toEqual({ kind: 'assumed', session, caller: session });
});

it('asks for credentials that can do nothing, for the shortest time', () => {
  const request = server.seen.find((one) => one.get('Action') === 'AssumeRoleWithWebIdentity');
  expect(request?.get('DurationSeconds')).toBe('900');
  expect(JSON.parse(request?.get('Policy') ?? '')).toMatchObject({
    Statement: [{ Effect: 'Deny', Action: '*' }],
  });
});

describe('refusals', () => {
  it.each<[string, () => Promise<string> | string, string, string]>([
    ['another audience', () => issuer.sign({ claims: { aud: ['vault'] } }), ROLE_ARN, 'InvalidIdentityToken'],
    [
      'an expired token',
      () => issuer.sign({ claims: { exp: NOW.getTime() / 1000 - 60 } }),
      ROLE_ARN,
      'ExpiredToken',
    ],
    [
      'an issuer without provider',
      () => issuer.sign({ claims: { iss: 'https://evil.example' } }),
      ROLE_ARN,
      'InvalidIdentityToken',
    ],
    [
      'a changed payload',
      () => withPayload(token, { sub: 'system:serviceaccount:a:b' }),
      ROLE_ARN,
      'InvalidIdentityToken',
    ],
    ['another signature', async () => (await testIssuer(NOW)).sign(), ROLE_ARN, 'InvalidIdentityToken'],
    [
      'another ServiceAccount',
      () => issuer.sign({ claims: { sub: 'system:serviceaccount:shop:cart' } }),
      ROLE_ARN,
      'AccessDenied',
    ],
    ['a role that is not there', () => token, 'arn:aws:iam::111122223333:role/gone', 'AccessDenied'],
  ])('%s', async (_name, make, roleArn, code) => {
    const text = await make();
    const answer = await ask(text, roleArn);
    expect(answer).toMatchObject({ kind: 'refused', code: expect.stringContaining(code) });
    for (const secret of secretsOf(text)) expect(JSON.stringify(answer)).not.toContain(secret);
  });
});

describe('no decision', () => {
  it('where nobody answers', async () => {
    expect(await ask(token, ROLE_ARN, 'http://127.0.0.1:9')).toEqual({
      kind: 'unanswered',
      why: expect.stringMatching(/ECONNREFUSED.*AWS_ENDPOINT_URL_STS/),
    });
  });

  it("where STS cannot fetch the issuer's keys", async () => {
    const before = keysOf;
    keysOf = async () => null;
    expect(await ask()).toEqual({
      kind: 'unanswered',
      why: expect.stringMatching(/reachable from the internet/),
    });
    keysOf = before;
  });

  it.each([['throttled'], ['server-error'], ['unavailable']] as const)('where STS is %s', async (kind) => {
    simulation.faults.on('sts:AssumeRoleWithWebIdentity', { kind, times: 1 });
    expect(await ask()).toMatchObject({ kind: 'unanswered' });
  });

  it('of GetCallerIdentity leaves the session that STS named', async () => {
    simulation.faults.on('sts:GetCallerIdentity', { kind: 'denied', times: 1 });
    expect(await ask()).toMatchObject({
      kind: 'assumed',
      caller: null,
      callerFailure: expect.stringContaining('AccessDenied'),
    });
  });
});

it('masks a token that a service repeats in its refusal', async () => {
  keysOf = async () => {
    throw Object.assign(new Error(`cannot read ${token}`), { name: 'InvalidIdentityToken' });
  };
  const answer = await ask();
  for (const secret of secretsOf(token)) expect(JSON.stringify(answer)).not.toContain(secret);
  expect(answer).toMatchObject({ kind: 'refused', code: expect.stringContaining('InvalidIdentityToken') });
});
