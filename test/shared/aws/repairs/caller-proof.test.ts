import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerProof, decisionText, readCallerProof } from '../../../../shared/aws/repairs/caller-proof.ts';
import { stsEndpoint } from '../../../support/sts-endpoint.ts';

const ACCOUNT = '111122223333';
const ALICE = `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`;
const now = new Date('2026-11-22T09:00:00Z');
const decision = decisionText('a'.repeat(64), 'approved');
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
let sts: Awaited<ReturnType<typeof stsEndpoint>>;

beforeAll(async () => {
  sts = await stsEndpoint(ALICE, ACCOUNT);
});
afterAll(() => sts.close());

const place = () => ({ region: 'eu-west-1', partition: 'aws', endpoint: sts.url });
const prove = () => callerProof(credentials, place(), decision, now);
const read = (query: string, at = now) => readCallerProof(query, place(), decision, { fetch, now: at });

describe('a proof of who decides', () => {
  it('is a presigned GetCallerIdentity with the decision in a signed header, and AWS says whose it is', async () => {
    const query = await prove();
    expect(new URLSearchParams(query).get('X-Amz-SignedHeaders')).toBe('host;x-podtrust-decision');
    expect(await read(query)).toEqual({ arn: ALICE, account: ACCOUNT, userId: 'AROA0:alice' });
    expect(sts.asked.at(-1)?.decision).toBe(decision);
  });

  it('is asked of the regional STS of the partition and of no other host', async () => {
    const asked: string[] = [];
    const spy: typeof fetch = async (input) => {
      asked.push(String(input));
      return new Response('{"Arn":"arn:aws:iam::111122223333:user/a","Account":"111122223333","UserId":"A"}');
    };
    const china = { region: 'cn-north-1', partition: 'aws-cn' };
    const query = await callerProof(credentials, china, decision, now);
    await readCallerProof(query, china, decision, { fetch: spy, now });
    expect(asked[0]).toMatch(/^https:\/\/sts\.cn-north-1\.amazonaws\.com\.cn\/\?/);
  });

  const changed = (change: (parameters: URLSearchParams) => void) => async () => {
    const parameters = new URLSearchParams(await prove());
    change(parameters);
    return parameters.toString();
  };

  it.each<[string, () => Promise<string>, Date?]>([
    ['for another action', changed((of) => of.set('Action', 'GetSessionToken'))],
    ['without the decision signed', changed((of) => of.set('X-Amz-SignedHeaders', 'host'))],
    ['good for a day', changed((of) => of.set('X-Amz-Expires', '86400'))],
    ['with a parameter twice', changed((of) => of.append('Action', 'GetCallerIdentity'))],
    ['with a parameter of its own', changed((of) => of.set('RoleArn', 'x'))],
    ['without a date', changed((of) => of.delete('X-Amz-Date'))],
    ['of an hour ago', prove, new Date('2026-11-22T10:00:00Z')],
  ])('is refused %s, before anybody is asked', async (_name, make, at = now) => {
    const before = sts.asked.length;
    await expect(read(await make(), at)).rejects.toMatchObject({ name: 'NotAnApproverError' });
    expect(sts.asked.length).toBe(before);
  });

  it.each([
    [403, 'NotAnApproverError'],
    [500, 'Error'],
  ])('that STS answers with %i is none', async (status, name) => {
    const refusing: typeof fetch = async () => new Response('<Error/>', { status });
    const query = await prove();
    await expect(readCallerProof(query, place(), decision, { fetch: refusing, now })).rejects.toMatchObject({
      name,
    });
  });
});
