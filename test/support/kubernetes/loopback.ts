import { createServer, type Server, type Socket } from 'node:net';

interface Listening {
  readonly port: number;
  /** Stops listening and cuts every connection, tunnels too, which an HTTP server does not count as its own. */
  readonly close: () => Promise<void>;
}

/** Lets a server listen on a free loopback port. */
export async function listenOnLoopback(server: Server): Promise<Listening> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    port: address.port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Different TCP ports on loopback that nobody uses. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => listenOnLoopback(createServer())));
  await Promise.all(held.map(({ close }) => close()));
  return held.map(({ port }) => port);
}
