import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { estateOf, ISSUER, irsaStatement, role, trustPolicy } from '../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../shared/rules/examples/kubernetes.ts';
import { runCli } from '../support/run-cli.ts';

const open = irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } } });
const input = writeSnapshot(
  estateOf({
    roles: [role({ trustPolicy: trustPolicy(open) })],
    clusters: [clusterWith({ serviceAccounts: [serviceAccount()] })],
  }),
);

/** What the service on loopback answers to its two calls. */
let answers: { readonly status: number; readonly validation: object; readonly check: object };
let asked: string[];
let server: Server;

beforeEach(async () => {
  asked = [];
  answers = { status: 200, validation: { findings: [] }, check: { result: 'PASS' } };
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path.replace(/\?.*/, ''));
    request.resume();
    const { status, validation, check } = answers;
    const type = status === 200 ? {} : { 'x-amzn-errortype': 'AccessDeniedException' };
    response.writeHead(status, { 'content-type': 'application/json', ...type });
    response.end(JSON.stringify(path.includes('/validation') ? validation : check));
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
  vi.stubEnv('AWS_ENDPOINT_URL_ACCESSANALYZER', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'example');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

async function planned(argv: readonly string[], config: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'podtrust-opinion-'));
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const args = [
    'plan',
    '--rule',
    'no-missing-subject',
    '--output',
    'json',
    '--config',
    file,
    '--snapshot',
    '-',
  ];
  const { out, code } = await runCli([...args, ...argv], { input });
  expect(code).toBe(0);
  return JSON.parse(out).plans[0].plan;
}

describe('podtrust plan --access-analyzer', () => {
  it('has the plan as it was where IAM Access Analyzer has nothing against it', async () => {
    const plan = await planned(['--access-analyzer']);
    expect(asked).toEqual(['/policy/validation', '/policy/check-no-new-access']);
    expect(plan).toEqual(await planned([]));
    expect(plan.blockers).toEqual([]);
  });

  it.each<[string, Partial<typeof answers>, RegExp]>([
    [
      'an error of the document',
      {
        validation: {
          findings: [
            {
              findingType: 'ERROR',
              issueCode: 'BAD',
              findingDetails: 'it says',
              learnMoreLink: '',
              locations: [],
            },
          ],
        },
      },
      /BAD: it says/,
    ],
    ['new access', { check: { result: 'FAIL', message: 'new' } }, /somebody gets in anew, FAIL: new/],
    [
      'a denied call: what it says is unknown, and no pass',
      { status: 403 },
      /unknown, since it could not be asked/,
    ],
  ])('blocks the plan for %s', async (_, differs, says) => {
    answers = { ...answers, ...differs };
    expect((await planned(['--access-analyzer'])).blockers).toEqual([expect.stringMatching(says)]);
  });

  it('is meant by the configuration too, which makes nothing that is planned from a snapshot call AWS', async () => {
    const plan = await planned([], { fixes: { mode: 'plan', accessAnalyzer: true } });
    expect(asked).toEqual([]);
    expect(plan.proof.unknowns).toEqual([expect.stringMatching(/was not: the plan is made from a snapshot/)]);
  });
});
