import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An STS on loopback that answers GetCallerIdentity, whoever asks, with one identity. */
export async function stsEndpoint(arn: string, account: string) {
  const asked: { readonly url: string; readonly decision: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const decision = request.headers['x-podtrust-decision'];
    asked.push({ url: request.url ?? '', decision: typeof decision === 'string' ? decision : undefined });
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROA0:alice</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
