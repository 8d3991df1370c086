import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PLATFORM, PRODUCTION, STAGING } from '../../../simulator/demo/places.ts';

/** Answers of AWS Organizations: the demo organization, without policies. */
const ORGANIZATION: Readonly<Record<string, object>> = {
  DescribeOrganization: { Organization: { Id: 'o-a1b2c3d4e5', MasterAccountId: PLATFORM.id } },
  ListAccounts: {
    Accounts: [PLATFORM, STAGING, PRODUCTION].map(({ id }) => ({
      Id: id,
      State: 'ACTIVE',
      Status: 'ACTIVE',
    })),
  },
  ListRoots: { Roots: [{ Id: 'r-ab12', PolicyTypes: [] }] },
  ListOrganizationalUnitsForParent: { OrganizationalUnits: [] },
  ListAccountsForParent: { Accounts: [{ Id: PLATFORM.id }, { Id: STAGING.id }, { Id: PRODUCTION.id }] },
  ListPolicies: { Policies: [] },
};

interface Loopback {
  /** What `AWS_ENDPOINT_URL_ORGANIZATIONS` and `AWS_ENDPOINT_URL_LAMBDA` take. */
  readonly url: string;
  /** What the function podtrust-decide was asked. */
  readonly decisions: { readonly digest: string; readonly verdict: string }[];
  readonly close: () => Promise<void>;
}

/** AWS Organizations, and a function podtrust-decide that takes every decision, on 127.0.0.1. */
export async function startLoopbackAws(): Promise<Loopback> {
  const decisions: Loopback['decisions'] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await textOf(request)) || '{}');
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    if (target === undefined) decisions.push(body);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(target === undefined ? decided(body) : (ORGANIZATION[target] ?? {})));
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
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
