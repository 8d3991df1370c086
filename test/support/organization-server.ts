import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { ANSWERS, ID } from './stub-account.ts';
import { onWire, type StubCall, type StubService, wireError } from './stub-aws.ts';

/** The organization: its management account, and others in two units. */
export const HUB = '999988887777';
export const MEMBERS = ['111111111111', '222222222222', '333333333333', '444444444444', '555555555555'];
export const SUSPENDED = '666666666666';
export const UNIT = 'ou-ab12-11111111';
const ROOT = 'r-ab12';

/** An AWS of one organization that listens on loopback: every account has what `stubAccount` has. */
export interface OrganizationServer {
  /** What `AWS_ENDPOINT_URL` takes. */
  readonly endpoint: string;
  /** Calls by account, `Action` each; of entering an account under the hub. */
  readonly calls: Map<string, string[]>;
  /** Accounts whose questions wait. */
  readonly held: Set<string>;
  /** Answers that are other than they are, by operation; undefined: it is as it is. */
  readonly answers: Map<string, (call: AnsweredCall) => object | undefined>;
  /** Lets those that wait go on. */
  readonly release: () => void;
  /** Once so many accounts were entered, the hub's credentials have ended, which it is told once. */
  readonly expireAfter: (accounts: number) => void;
  readonly close: () => Promise<void>;
}

/** What is asked in which account. */
export interface AnsweredCall extends Pick<StubCall, 'region' | 'input'> {
  readonly account: string;
}

/** Starts it. */
export async function startOrganization(): Promise<OrganizationServer> {
  const calls = new Map<string, string[]>();
  const held = new Set<string>();
  const answers: OrganizationServer['answers'] = new Map();
  const waiting: (() => void)[] = [];
  let entries = Number.POSITIVE_INFINITY;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const call = parsed(request, body);
    const account = call.account ?? HUB;
    calls.set(account, [...(calls.get(account) ?? []), call.operation]);
    if (held.has(account)) await new Promise<void>((resolve) => waiting.push(resolve));
    if (account === HUB && call.operation === 'AssumeRole') entries -= 1;
    const expired = entries < 0 && call.operation === 'AssumeRole';
    if (expired) entries = Number.POSITIVE_INFINITY;
    const answer = onWire(call.service, call.operation, expired ? EXPIRED : answerOf(call, account, answers));
    response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    held,
    answers,
    release: () => {
      held.clear();
      for (const go of waiting.splice(0)) go();
    },
    expireAfter: (accounts) => {
      entries = accounts;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const EXPIRED = wireError(
  'sts',
  403,
  'ExpiredToken',
  'The security token included in the request is expired',
);

type Parsed = Omit<StubCall, 'service'> & { readonly service: StubCall['service'] | 'organizations' };

/** The keys that this STS hands out name their account. */
function parsed({ headers, url = '', method }: IncomingMessage, body: string): Parsed {
  const [, key = '', region = '', service = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const from = {
    account: /^ASIA(\d{12})/.exec(key)?.[1] ?? HUB,
    region,
    service: service as Parsed['service'],
  };
  const target = headers['x-amz-target'];
  if (typeof target === 'string')
    return { ...from, operation: target.split('.').at(-1) ?? '', input: JSON.parse(body) };
  if (service === 'iam' || service === 'sts') {
    const form = new URLSearchParams(body);
    return { ...from, operation: form.get('Action') ?? '', input: Object.fromEntries(form) };
  }
  const path = `${method} ${url.split('?')[0]}`;
  const operation = OPERATIONS.get(path) ?? path;
  return { ...from, operation, input: {} };
}

const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['POST /listRegions', 'ListRegions'],
  ['GET /clusters', 'ListClusters'],
]);

const REGIONS = ['eu-north-1', 'eu-west-1'].map((RegionName) => ({
  RegionName,
  RegionOptStatus: 'ENABLED_BY_DEFAULT',
}));

const account = (Id: string, State = 'ACTIVE') => ({ Id, State });

const ORGANIZATION: Readonly<Record<string, StubService>> = {
  ListAccounts: ({ input }) =>
    input['NextToken'] === undefined
      ? { Accounts: [], NextToken: 'more' }
      : { Accounts: [HUB, ...MEMBERS].map((id) => account(id)).concat(account(SUSPENDED, 'SUSPENDED')) },
  DescribeOrganization: () => ({ Organization: { Id: 'o-a1b2c3d4e5', MasterAccountId: HUB } }),
  ListRoots: () => ({ Roots: [{ Id: ROOT, PolicyTypes: [] }] }),
  ListOrganizationalUnitsForParent: ({ input }) => ({
    OrganizationalUnits: input['ParentId'] === ROOT ? [{ Id: UNIT }] : [],
  }),
  ListAccountsForParent: ({ input }) => ({
    Accounts: (input['ParentId'] === ROOT ? [HUB, ...MEMBERS.slice(2)] : MEMBERS.slice(0, 2)).map((id) =>
      account(id),
    ),
  }),
};

function answerOf(call: Parsed, asked: string, answers: OrganizationServer['answers']): object {
  const other = answers.get(call.operation)?.({ account: asked, region: call.region, input: call.input });
  if (other !== undefined) return other;
  if (call.service === 'organizations')
    return ORGANIZATION[call.operation]?.(call as unknown as StubCall) ?? {};
  if (call.operation === 'ListRegions') return { Regions: REGIONS };
  if (call.operation === 'ListClusters') return { clusters: [] };
  if (call.operation === 'LookupEvents') return { Events: [] };
  if (call.operation === 'AssumeRole') {
    const id = /::(\d{12}):/.exec(String(call.input['RoleArn']))?.[1] ?? '';
    return {
      Credentials: {
        AccessKeyId: `ASIA${id}`,
        SecretAccessKey: 'secret',
        SessionToken: 'token',
        Expiration: new Date(Date.now() + 3_600_000),
      },
    };
  }
  const answer = ANSWERS[call.operation]?.(call as StubCall);
  if (answer === undefined) throw new Error(`${call.operation} is not answered`);
  return JSON.parse(JSON.stringify(answer).replaceAll(ID, asked));
}
