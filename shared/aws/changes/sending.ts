/** Hears what becomes of the requests that a write makes: what was sent and not answered may stand, or arrive yet. */
import { type ClusterObjects, ConflictError } from '../../kube/changes/objects.ts';
import type { Calls } from './adapter.ts';

/** What became of the requests of one write that change something. */
export interface Requests {
  /** One was taken. */
  taken: boolean;
  /** One was sent, and nobody said what became of it. */
  unanswered: boolean;
}

interface Heard {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

/** Behind the retries, before the wire: each attempt passes here. */
const OPTIONS = { step: 'finalizeRequest', priority: 'low', name: 'podtrustSending', override: true };

const READS = /^(?:Get|List|Describe)/;

/** The same calls; `requests` is told of each attempt of each that changes something. */
export function heard(calls: Calls, requests: Requests): Calls {
  return {
    ...calls,
    eks: () => listening(calls.eks(), requests),
    iam: () => listening(calls.iam(), requests),
    kubernetes: async () => objectsHeard(await calls.kubernetes(), requests),
  };
}

/** The client itself, but for what its commands tell on their way: others go through it at the same time. */
function listening<C extends { send(command: never): unknown }>(client: C, requests: Requests): C {
  const middleware =
    (next: (args: never) => Promise<unknown>, { commandName = '' }: { readonly commandName?: string }) =>
    async (args: never) =>
      READS.test(commandName) ? next(args) : attempt(() => next(args), requests);
  const send = (command: Heard): unknown => {
    command.middlewareStack.add(middleware as never, OPTIONS as never);
    return client.send(command as never);
  };
  return Object.create(client, { send: { value: send } });
}

function objectsHeard(objects: ClusterObjects, requests: Requests): ClusterObjects {
  return {
    configMap: objects.configMap,
    serviceAccount: objects.serviceAccount,
    createConfigMap: (...args) => attempt(() => objects.createConfigMap(...args), requests),
    patchConfigMap: (...args) => attempt(() => objects.patchConfigMap(...args), requests),
    deleteConfigMap: (...args) => attempt(() => objects.deleteConfigMap(...args), requests),
    annotateServiceAccount: (...args) => attempt(() => objects.annotateServiceAccount(...args), requests),
  };
}

async function attempt<T>(send: () => Promise<T>, requests: Requests): Promise<T> {
  try {
    const answer = await send();
    requests.taken = true;
    return answer;
  } catch (error) {
    if (!isRefusal(error)) requests.unanswered = true;
    throw error;
  }
}

const TIMED_OUT = 408;

/** An answer that says no: the service looked at the request and did nothing. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error) ?? 0;
  if (error instanceof ConflictError) return true;
  return status >= 400 && status < 500 && status !== TIMED_OUT;
}

/** The status of an answer of AWS, or of an API server, perhaps told in other words. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  if ($metadata?.httpStatusCode !== undefined) return $metadata.httpStatusCode;
  return typeof code === 'number' ? code : statusOf(error.cause);
}
