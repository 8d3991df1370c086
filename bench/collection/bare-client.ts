import { readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import type { RecordedRequest } from './recorded-request.ts';

/**
 * The measured process that podtrust is compared with: sends recorded requests again over kept-alive connections, as
 * many at once as podtrust, without waiting for one answer before the next question, and throws the answers away.
 */
const [requestsFile = '', concurrency = '16'] = process.argv.slice(2);
const requests: RecordedRequest[] = JSON.parse(readFileSync(requestsFile, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: Number(concurrency) });
const start = performance.now();
await Promise.all(requests.map(exchange));
const milliseconds = performance.now() - start;
agent.destroy();
process.stdout.write(
  JSON.stringify({
    milliseconds,
    requests: requests.length,
    megabytes: process.resourceUsage().maxRSS / 1024,
  }),
);

function exchange({ body, ...options }: RecordedRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = send({ ...options, agent }, (response) => {
      response.on('end', resolve).on('error', reject).resume();
    });
    request.on('error', reject).end(body);
  });
}
