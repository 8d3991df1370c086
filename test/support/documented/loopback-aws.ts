import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PLATFORM, PRODUCTION, STAGING } from '../../../simulator/demo/places.ts';

const ROOT = 'r-ab12';
const UNIT = 'ou-ab12-11111111';

/** Answers of AWS Organizations: the demo organization, with one empty unit and without policies. */
const ORGANIZATION: Readonly<Record<string, (parent: unknown) => object>> = {
  DescribeOrganization: () => ({ Organization: { Id: 'o-a1b2c3d4e5', MasterAccountId: PLATFORM.id } }),
  ListAccounts: () => ({
    Accounts: [PLATFORM, STAGING, PRODUCTION].map(({ id }) => ({
      Id: id,
      State: 'ACTIVE',
      Status: 'ACTIVE',
    })),
  }),
  ListRoots: () => ({ Roots: [{ Id: ROOT, PolicyTypes: [] }] }),
  ListOrganizationalUnitsForParent: (parent) => ({
    OrganizationalUnits: parent === ROOT ? [{ Id: UNIT }] : [],
  }),
  ListAccountsForParent: (parent) => ({
    Accounts: parent === ROOT ? [PLATFORM, STAGING, PRODUCTION].map(({ id }) => ({ Id: id })) : [],
  }),
  ListPolicies: () => ({ Policies: [] }),
};

/** Answers of IAM Access Analyzer: it has nothing against anything. */
const ANALYZER: readonly (readonly [path: string, answer: object])[] = [
  ['/policy/validation', { findings: [] }],
  ['/policy/check-no-new-access', { result: 'PASS' }],
];

interface Loopback {
  /** What `AWS_ENDPOINT_URL_ORGANIZATIONS` and `AWS_ENDPOINT_URL_LAMBDA` take. */
  readonly url: string;
  /** What the function podtrust-decide was asked. */
  readonly decisions: { readonly digest: string; readonly verdict: string }[];
  readonly close: () => Promise<void>;
}

/** AWS Organizations, IAM Access Analyzer, and a function podtrust-decide that takes every decision, on 127.0.0.1. */
export async function startLoopbackAws(): Promise<Loopback> {
  const decisions: Loopback['decisions'] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await textOf(request)) || '{}');
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    const analyzed = ANALYZER.find(([path]) => request.url?.startsWith(path));
    response.writeHead(200, { 'content-type': 'application/json' });
    if (target !== undefined) response.end(JSON.stringify(ORGANIZATION[target]?.(body.ParentId) ?? {}));
    else if (analyzed !== undefined) response.end(JSON.stringify(analyzed[1]));
    else {
      decisions.push(body);
      response.end(JSON.stringify(decided(body)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decisions,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const decided = ({ digest, verdict }: { digest: string; verdict: string }) => ({
  plan: digest,
  verdict,
  by: {
    arn: 'arn:aws:sts::314159265358:assumed-role/Admin/alice',
    account: '314159265358',
    userId: 'AROA0:alice',
  },
  at: '2026-11-22T12:00:00.000Z',
  goesOn: true,
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
