import { subscribe } from 'node:diagnostics_channel';
import { connectTo } from '../../shared/kube/connect.ts';
import { readKubernetes } from '../../shared/kube/read-kubernetes.ts';

/**
 * The measured process: reads one API server and nothing else. Standard input: its address, authority and token as JSON;
 * standard output: what it took.
 */
let text = '';
for await (const chunk of process.stdin) text += String(chunk);
const { server, certificateAuthority, token }: Record<'server' | 'certificateAuthority' | 'token', string> =
  JSON.parse(text);
let requests = 0;
subscribe('undici:request:create', () => {
  requests += 1;
});
const emptyMegabytes = process.resourceUsage().maxRSS / 1024;
const start = performance.now();
const connection = connectTo({
  server,
  certificateAuthority: Buffer.from(certificateAuthority).toString('base64'),
  token: async () => token,
});
const { data, gaps } = await readKubernetes(connection, { now: () => new Date() });
const milliseconds = performance.now() - start;
await connection.close();
process.stdout.write(
  JSON.stringify({
    milliseconds,
    requests,
    megabytes: process.resourceUsage().maxRSS / 1024,
    emptyMegabytes,
    serviceAccounts: data?.serviceAccounts?.length ?? 0,
    pods: (data?.pods ?? []).reduce((sum, { count }) => sum + count, 0),
    groups: data?.pods?.length ?? 0,
    nodes: (data?.nodes ?? []).reduce((sum, { count }) => sum + count, 0),
    snapshotMegabytes: JSON.stringify(data ?? {}).length / 1024 / 1024,
    gaps: gaps.length,
  }),
);
