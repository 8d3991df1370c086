import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

interface SecurityHubServer {
  /** What `AWS_ENDPOINT_URL_SECURITYHUB` takes; `GET /` answers every finding that was ever imported, oldest first. */
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/** As much of Security Hub's API as importing takes (API reference, BatchImportFindings), on loopback. */
export async function startSecurityHub(): Promise<SecurityHubServer> {
  const imported: unknown[] = [];
  const answer = async (request: IncomingMessage): Promise<readonly [status: number, body: object]> => {
    if (request.method === 'GET') return [200, imported];
    if (request.method !== 'POST' || request.url !== '/findings/import')
      return [404, { Message: 'no such API' }];
    const { Findings } = JSON.parse(await text(request));
    if (!Array.isArray(Findings) || Findings.length < 1 || Findings.length > 100)
      return [400, { Message: 'Findings is out of bounds', Code: 'InvalidInputException' }];
    imported.push(...Findings);
    return [200, { FailedCount: 0, FailedFindings: [], SuccessCount: Findings.length }];
  };
  const server = createServer((request, response) => {
    answer(request)
      .catch((error): readonly [number, object] => [500, { Message: String(error) }])
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
