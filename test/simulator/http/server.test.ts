import * as sdk from '@aws-sdk/client-eks';
import { EKSClient } from '@aws-sdk/client-eks';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { eksService } from '../../../simulator/eks/service.ts';
import type { Fault } from '../../../simulator/faults.ts';
import { type EksServer, startEksServer } from '../../../simulator/http/server.ts';
import type { CloudTrailRecord } from '../../../simulator/records/record.ts';
import { createSimulation, type Simulation } from '../../../simulator/simulation.ts';
import { SCRIPT } from './script.ts';

const ACCOUNT = '123456789012';
const OTHER = '210987654321';
const REGION = 'eu-west-1';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

interface Side {
  readonly simulation: Simulation;
  readonly records: CloudTrailRecord[];
  readonly client: EKSClient;
}

const open: EksServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

function organization(pageSize = 1000): { simulation: Simulation; records: CloudTrailRecord[] } {
  const records: CloudTrailRecord[] = [];
  const simulation = createSimulation({
    now: '2026-11-22T09:00:00.250Z',
    accounts: [
      { id: ACCOUNT, regions: [REGION] },
      { id: OTHER, regions: [REGION] },
    ],
    clusterCreationSeconds: 0,
    updateSeconds: 0,
    pageSize,
  });
  simulation.onRecord((record) => records.push(record));
  return { simulation, records };
}

/** The same organization twice: asked in the process, and over HTTP. */
async function both(pageSize?: number): Promise<{ attached: Side; http: Side; server: EksServer }> {
  const one = organization(pageSize);
  const two = organization(pageSize);
  const server = await startEksServer(two.simulation);
  open.push(server);
  const config = { region: REGION, maxAttempts: 1 };
  const attached = new EKSClient({ ...config, credentials: one.simulation.credentials(ROOT) });
  return {
    server,
    attached: { ...one, client: one.simulation.attach('eks', attached) },
    http: {
      ...two,
      client: new EKSClient({
        ...config,
        endpoint: server.endpoint,
        credentials: two.simulation.credentials(ROOT),
      }),
    },
  };
}

/** What a client answers: the output without metadata, or the error with its class and members. */
async function answerOf(client: EKSClient, operation: string, input: object): Promise<object> {
  const Command: unknown = Reflect.get(sdk, `${operation}Command`);
  if (typeof Command !== 'function') throw new Error(`The SDK has no ${operation}.`);
  try {
    const { $metadata: _, ...output } = await client.send(Reflect.construct(Command, [input]) as never);
    return { output };
  } catch (error) {
    if (!(error instanceof sdk.EKSServiceException)) throw error;
    const { $metadata, $response: _, message: _message, ...members } = error;
    return {
      refused: error.constructor.name,
      status: $metadata.httpStatusCode,
      message: error.message,
      members,
    };
  }
}

/** Puts what was kept of earlier answers into an input. */
function filled(input: object, kept: ReadonlyMap<string, string>): object {
  return JSON.parse(
    JSON.stringify(input).replaceAll(/\{(\w+)\}/g, (all, name: string) => kept.get(name) ?? all),
  );
}

/** The SDK makes up an idempotency token as it writes a request, so only the server sees it. */
function withoutToken({ requestParameters, ...record }: CloudTrailRecord): object {
  if (requestParameters === null) return { ...record, requestParameters };
  const { clientRequestToken: _, ...rest } = requestParameters as { clientRequestToken?: string };
  return { ...record, requestParameters: rest };
}

function at(answer: object, path: string): string {
  let value: unknown = answer;
  for (const part of path.split('.')) value = Reflect.get(Object(value), part);
  return String(value);
}

describe('EKS over HTTP', () => {
  it('answers every operation, and every refusal of it, as the attached client does, and records the same', async () => {
    const { attached, http } = await both(2);
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
        },
      ],
    });
    for (const { simulation } of [attached, http])
      await simulation
        .as(ACCOUNT, ROOT)('iam', null, null)
        .send(new CreateRoleCommand({ RoleName: 'pods', AssumeRolePolicyDocument: trust }));
    const kept = new Map<string, string>();
    const asked = new Set<string>();
    for (const { operation, input, keep = {} } of SCRIPT) {
      const given = filled(input, kept);
      const expected = await answerOf(attached.client, operation, given);
      expect(await answerOf(http.client, operation, given), `${operation} ${JSON.stringify(given)}`).toEqual(
        expected,
      );
      asked.add(operation);
      for (const [name, path] of Object.entries(keep)) kept.set(name, at(expected, path));
    }
    expect([...asked].sort()).toEqual([...eksService.operations.keys()].sort());
    expect(http.records.length).toBeGreaterThan(30);
    expect(http.records.map(withoutToken)).toEqual(attached.records);
  });

  const faults: [string, Fault][] = [
    ['denied', { kind: 'denied' }],
    ['throttled', { kind: 'throttled' }],
    ['a server error', { kind: 'server-error' }],
    ['unavailable', { kind: 'unavailable' }],
    ['expired credentials', { kind: 'expired-credentials' }],
  ];
  it.each(faults)('%s is the same error over HTTP', async (_, fault) => {
    const { attached, http } = await both();
    for (const { simulation } of [attached, http]) simulation.faults.on('eks:ListClusters', fault);
    const caught = (client: EKSClient) =>
      client.send(new sdk.ListClustersCommand({})).then(
        () => null,
        (error) => ({
          name: error.name,
          message: error.message,
          status: error.$metadata.httpStatusCode,
        }),
      );
    const expected = await caught(attached.client);
    expect(expected).not.toBeNull();
    expect(await caught(http.client)).toEqual(expected);
  });

  it('a call that got no answer has no answer over HTTP either, though it was done', async () => {
    const { http } = await both();
    http.simulation.faults.on('eks:CreateCluster', { kind: 'timeout', applied: true });
    const input = { name: 'shop', roleArn: 'r', resourcesVpcConfig: {} };
    await expect(http.client.send(new sdk.CreateClusterCommand(input))).rejects.toThrow();
    expect(await answerOf(http.client, 'ListClusters', {})).toMatchObject({
      output: { clusters: ['shop'] },
    });
  });

  it('the account is that of the access key, the region that of the signature', async () => {
    const { server } = await both();
    const client = (accessKeyId: string, region: string) =>
      new EKSClient({
        region,
        endpoint: server.endpoint,
        maxAttempts: 1,
        credentials: { accessKeyId, secretAccessKey: 'x' },
      });
    const input = { name: 'shop', roleArn: 'r', resourcesVpcConfig: {} };
    const answer = await answerOf(client(OTHER, REGION), 'CreateCluster', input);
    expect(answer).toMatchObject({
      output: {
        cluster: { arn: `arn:aws:eks:${REGION}:${OTHER}:cluster/shop`, createdAt: expect.any(Date) },
      },
    });
    expect(await answerOf(client(ACCOUNT, REGION), 'ListClusters', {})).toEqual({
      output: { clusters: [] },
    });
    expect(await answerOf(client(OTHER, 'us-east-1'), 'ListClusters', {})).toEqual({
      output: { clusters: [] },
    });
    expect(await answerOf(client('999999999999', REGION), 'ListClusters', {})).toMatchObject({
      status: 403,
      members: { name: 'UnrecognizedClientException' },
    });
  });

  it('a key that somebody else gave out is the account that they name', async () => {
    const { simulation } = organization();
    const asked: string[] = [];
    const server = await startEksServer(simulation, {
      accountOf: async (key) => {
        asked.push(key);
        return key === 'ASIAOTHER' ? OTHER : null;
      },
    });
    open.push(server);
    const credentials = { accessKeyId: 'ASIAOTHER', secretAccessKey: 'x' };
    const client = new EKSClient({ region: REGION, endpoint: server.endpoint, credentials });
    const input = { name: 'shop', roleArn: 'r', resourcesVpcConfig: {} };
    await client.send(new sdk.CreateClusterCommand(input));
    await client.send(new sdk.ListClustersCommand({}));
    expect(simulation.world.accounts.get(OTHER)?.regions.get(REGION)?.clusters.has('shop')).toBe(true);
    expect(asked).toEqual(['ASIAOTHER']);
  });

  const signed = {
    authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261122/${REGION}/eks/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const requests: [string, string, RequestInit, number, string][] = [
    ['an unknown path', '/nothing/here', { headers: signed }, 404, 'UnknownOperationException'],
    [
      'a method that the path does not take',
      '/clusters',
      { method: 'PUT', headers: signed },
      404,
      'UnknownOperationException',
    ],
    ['a broken escape in the path', '/clusters/%zz', { headers: signed }, 404, 'UnknownOperationException'],
    [
      'an operation that is not simulated',
      '/cluster-versions',
      { headers: signed },
      501,
      'NotSimulatedError',
    ],
    ['no signature', '/clusters', {}, 403, 'MissingAuthenticationTokenException'],
    [
      'a body that is no JSON',
      '/clusters',
      { method: 'POST', headers: signed, body: '{' },
      400,
      'SerializationException',
    ],
    [
      'a value of the wrong type',
      '/clusters',
      { method: 'POST', headers: signed, body: '{"name":7}' },
      400,
      'SerializationException',
    ],
    [
      'a list where text belongs',
      '/clusters',
      { method: 'POST', headers: signed, body: '{"tags":{"a":[]}}' },
      400,
      'SerializationException',
    ],
    [
      'a page size that is no number',
      '/clusters?maxResults=many',
      { headers: signed },
      400,
      'SerializationException',
    ],
    [
      'a body beyond a mebibyte',
      '/clusters',
      { method: 'POST', headers: signed, body: 'x'.repeat(1024 * 1024 + 1) },
      413,
      'RequestEntityTooLargeException',
    ],
  ];
  it.each(requests)('%s is refused by name', async (_, path, init, status, type) => {
    const { server } = await both();
    const response = await fetch(server.endpoint + path, init);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, type]);
    expect(await response.json()).toEqual({ message: expect.stringMatching(/\w/) });
  });

  it('times are seconds since 1970', async () => {
    const { server } = await both();
    const body = JSON.stringify({ name: 'shop', roleArn: 'r', resourcesVpcConfig: {} });
    const response = await fetch(`${server.endpoint}/clusters`, { method: 'POST', headers: signed, body });
    expect(await response.json()).toMatchObject({
      cluster: { name: 'shop', createdAt: Date.parse('2026-11-22T09:00:00.250Z') / 1000 },
    });
  });
});
