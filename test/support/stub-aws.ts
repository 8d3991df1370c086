import { AccountClient } from '@aws-sdk/client-account';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { type ClientKind, type ClientOf, type Clients, cached } from '../../shared/aws/clients.ts';

/** One call as the SDK sent it. */
export interface StubCall {
  readonly service: ClientKind;
  /** `ListAddons` */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly account: string | null;
  readonly region: string;
}

/** An HTTP answer, before the SDK reads it. */
export interface StubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Plain data in the shape of the operation's output, or an answer on the wire, or a throw for a broken connection. */
export type StubService = (call: StubCall) => object | { readonly wire: StubAnswer };

/**
 * Real SDK clients over an HTTP handler that answers from memory: requests are signed and serialized, answers parsed,
 * as in production. One attempt per call, unless told otherwise.
 */
export function stubClients(service: StubService, calls: StubCall[] = [], maxAttempts = 1): Clients {
  return cached((kind, account, region) => {
    const config = {
      region: region ?? 'us-east-1',
      // Each account's reader has its own.
      credentials: { accessKeyId: `AKIDEXAMPLE${account ?? ''}`, secretAccessKey: 'secret' },
      maxAttempts,
      requestHandler: {
        handle: async (request: { headers: Record<string, string> }) => {
          const call: StubCall = {
            service: kind,
            account,
            region: region ?? 'us-east-1',
            ...JSON.parse(decodeURIComponent(request.headers['x-stub'] ?? '')),
          };
          calls.push(call);
          return { response: respond(kind, call.operation, service(call)) };
        },
      },
    };
    const client = MAKE[kind](config as object);
    const stack = client.middlewareStack as unknown as {
      add: (middleware: unknown, options: object) => void;
    };
    stack.add(
      (next: (a: object) => unknown, context: { commandName?: string }) =>
        (args: { input: object; request: { headers: Record<string, string> } }) => {
          args.request.headers['x-stub'] = encodeURIComponent(
            JSON.stringify({ operation: context.commandName?.replace(/Command$/, ''), input: args.input }),
          );
          return next(args);
        },
      { step: 'build', name: 'stub' },
    );
    return client;
  });
}

const MAKE: { readonly [K in ClientKind]: (config: object) => ClientOf[K] } = {
  account: (config: object) => new AccountClient(config),
  cloudtrail: (config: object) => new CloudTrailClient(config),
  eks: (config: object) => new EKSClient(config),
  iam: (config: object) => new IAMClient(config),
  sts: (config: object) => new STSClient(config),
};

const XML: ReadonlySet<ClientKind | 'organizations'> = new Set(['iam', 'sts']);

function respond(kind: ClientKind, operation: string, output: object) {
  return response(onWire(kind, operation, output));
}

/** What a service puts on the wire. */
export function onWire(kind: ClientKind | 'organizations', operation: string, output: object): StubAnswer {
  if ('wire' in output) return output.wire as StubAnswer;
  return XML.has(kind)
    ? {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${operation}Result>${xml(output)}</${operation}Result></${operation}Response>`,
      }
    : {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(output),
      };
}

const response = ({ status, headers = {}, body }: StubAnswer) => ({
  statusCode: status,
  headers: { ...headers },
  body: new Response(body).body,
});

function xml(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, item]) =>
        key.endsWith('Map')
          ? `<${key}>${Object.entries(item as object)
              .map(([name, entry]) => `<entry><key>${name}</key><value>${xml(entry)}</value></entry>`)
              .join('')}</${key}>`
          : `<${key}>${xml(item)}</${key}>`,
      )
      .join('');
  }
  return String(value).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An error as the service puts it on the wire. */
export function wireError(
  kind: ClientKind,
  status: number,
  code: string,
  message: string,
): { wire: StubAnswer } {
  return XML.has(kind)
    ? {
        wire: {
          status,
          headers: { 'content-type': 'text/xml' },
          body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code>${xml({ Message: message })}</Error></ErrorResponse>`,
        },
      }
    : {
        wire: {
          status,
          headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
          body: JSON.stringify({ __type: code, message }),
        },
      };
}
