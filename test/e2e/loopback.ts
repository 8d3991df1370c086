import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A server on loopback. */
export interface Loopback {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Answers requests by what is given; what that throws is answered as a failure. */
export async function startLoopback(
  answer: (request: IncomingMessage, body: string) => Answer,
): Promise<Loopback> {
  const server = createServer((request, response) => {
    text(request)
      .then((body) => answer(request, body))
      .catch((error): Answer => ({ status: 500, body: JSON.stringify({ Message: String(error) }) }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
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
