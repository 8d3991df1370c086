import { type Clients, cached } from '../../shared/aws/clients.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** The same clients, each attempt of each call told as it goes onto the wire. */
export function recorded(clients: Clients, tell: (request: RecordedRequest) => void): Clients {
  return cached((kind, account, region) => {
    const client = clients(kind, account, region);
    const handler = client.config.requestHandler;
    const handle = handler.handle.bind(handler);
    handler.handle = (request, options) => {
      const query = Object.entries(request.query ?? {}).flatMap(([key, value]) =>
        (Array.isArray(value) ? value : [value]).map(
          (item: unknown) => `${encodeURIComponent(key)}=${encodeURIComponent(String(item ?? ''))}`,
        ),
      );
      tell({
        method: request.method,
        hostname: request.hostname,
        port: request.port ?? 80,
        path: query.length === 0 ? request.path : `${request.path}?${query.join('&')}`,
        headers: request.headers,
        body: textOf(request.body),
      });
      return handle(request, options);
    };
    return client;
  });
}

/** The codecs of some services hand over bytes that complain when they are used as a string. */
function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return typeof body === 'string' ? body : '';
}
