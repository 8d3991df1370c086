import { type Needed, refusedBySession } from './authorization.ts';
import type { Fault, Faults } from './faults.ts';
import type { Call, World } from './operation.ts';
import { iamRegion } from './partitions.ts';
import { type Actor, callerArn } from './records/actor.ts';
import { toRecord } from './records/record.ts';
import { type AnyOperation, type Service, shape } from './service.ts';
import type { AccountState, RegionState } from './state.ts';

/** An operation that the simulated service does not have. */
export class NotSimulatedError extends Error {
  override readonly name = 'NotSimulatedError';
  constructor(service: string, operation: string) {
    super(`The simulator has no ${service}:${operation}. Add it to simulator/${service}/.`);
  }
}

/** Answers of the network, not of a service: what the SDK's HTTP handler throws. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Answers one call of a client with credentials, in the way of its service. */
export type Answer = (
  service: Service,
  command: string,
  input: object,
  from: { readonly accessKeyId: string; readonly region: string },
) => object;

/** Makes the function that answers calls: finds caller and place, strikes faults, runs the operation, records it. */
export function createAnswer(world: World, faults: Faults): Answer {
  return (service, command, input, { accessKeyId, region: regionName }) => {
    const name = command.replace(/Command$/, '');
    const operation = service.operations.get(name);
    if (operation === undefined) throw new NotSimulatedError(service.prefix, name);
    const actor = callerOf(world, service, accessKeyId, operation);
    const account = accountOf(world, actor.account);
    const region = regionOf(service, account, regionName);
    const action = `${service.prefix}:${name}`;
    const fault = faults.strike({ action, account: account.id, region: region.name, input });
    const pageSize = fault?.kind === 'partial-page' ? (fault.items ?? 1) : world.settings.pageSize;
    const call: Call = { world, account, region, actor, pageSize, now: world.clock.now() };
    return run(service, name, operation, call, input, fault);
  };
}

function run(
  service: Service,
  name: string,
  operation: AnyOperation,
  call: Call,
  input: object,
  fault: Fault | null,
): object {
  const record = (output: object | null, error: Error | null): void => {
    if (operation.kind !== 'write') return;
    call.world.emit(toRecord({ service, name, operation, call, input, output, error }));
  };
  if (fault?.kind === 'timeout' && fault.lateSeconds !== undefined) {
    const { clock } = call.world;
    const arrive = () => run(service, name, operation, { ...call, now: clock.now() }, input, null);
    if (fault.lateSeconds < OLDEST_SECONDS) clock.after(fault.lateSeconds, () => unheard(arrive));
  }
  const refusal = fault === null ? null : refusalOf(fault, service, name, call);
  if (refusal !== null) {
    if (refusal.recorded) record(null, refusal.error);
    throw refusal.error;
  }
  const beyond = refusedBySession(call, service.prefix, name, input);
  if (beyond !== null) {
    const error = service.denied(refusedMessage(call, beyond));
    record(null, error);
    throw error;
  }
  let output: object;
  const request = requestKey(service, name, call, input);
  const before = request === null ? undefined : call.world.answered.get(request);
  if (before !== undefined) return structuredClone(before);
  try {
    output = operation.handle(call, input);
    if (request !== null) call.world.answered.set(request, structuredClone(output));
  } catch (error) {
    if (error instanceof Error) record(null, error);
    throw error;
  }
  if (operation.kind === 'write' && service.global) call.account.iam.changed();
  record(output, null);
  if (fault?.kind === 'timeout')
    throw new TimeoutError('Connection timed out after the service had answered');
  return output;
}

/** AWS refuses a request that was signed longer ago (IAM user guide, "Elements of an AWS API request signature"). */
const OLDEST_SECONDS = 300;

/** Nobody waits for the answer any more. */
function unheard(act: () => object): void {
  try {
    act();
  } catch {
    // CloudTrail has it.
  }
}

/**
 * What makes two requests one: EKS does a request with the same `clientRequestToken` once and answers it again (EKS API
 * reference, clientRequestToken). Null where the caller gave none.
 */
function requestKey(service: Service, name: string, { account, region }: Call, input: object): string | null {
  if (service.prefix !== 'eks' || !('clientRequestToken' in input)) return null;
  return JSON.stringify([name, account.id, region.name, input]);
}

interface Refusal {
  readonly error: Error;
  /** CloudTrail knows of it. */
  readonly recorded: boolean;
}

function refusalOf(fault: Fault, service: Service, name: string, call: Call): Refusal | null {
  switch (fault.kind) {
    case 'denied': {
      const message = `User: ${whoCalls(call)} is not authorized to perform: ${service.prefix}:${name} because no identity-based policy allows the ${service.prefix}:${name} action`;
      return { error: service.denied(message), recorded: true };
    }
    case 'throttled':
      return { error: service.throttled(), recorded: false };
    case 'server-error':
      return { error: service.serverError(500), recorded: false };
    case 'unavailable':
      return { error: service.serverError(503), recorded: false };
    case 'expired-credentials':
      return {
        error: expired(),
        recorded: false,
      };
    case 'timeout':
      return fault.applied === true
        ? null
        : { error: new TimeoutError('Connection timed out after 60000 ms'), recorded: false };
    case 'error':
      return { error: fault.error, recorded: false };
    case 'partial-page':
      return null;
  }
}

const whoCalls = ({ actor }: Call): string => ('accessKeyId' in actor ? callerArn(actor) : actor.kind);

/** Source: IAM user guide, "Troubleshoot access denied error messages". */
const refusedMessage = (call: Call, { action, resource }: Needed): string =>
  `User: ${whoCalls(call)} is not authorized to perform: ${action} on resource: ${resource} because no session policy allows the ${action} action`;

function expired(): Error {
  const message = 'The security token included in the request is expired';
  return Object.assign(new Error(message), shape('ExpiredTokenException', 403, message));
}

function callerOf(world: World, service: Service, accessKeyId: string, operation: AnyOperation): Actor {
  const actor = world.sessions.get(accessKeyId);
  if (actor !== undefined) return actor;
  if (world.ended.has(accessKeyId)) throw expired();
  const [first] = world.accounts.keys();
  const unsigned = operation.kind === 'session' && accessKeyId === '';
  if (unsigned && first !== undefined) return { kind: 'anonymous', account: first };
  const name =
    service.prefix === 'iam' || service.prefix === 'sts'
      ? 'InvalidClientTokenId'
      : 'UnrecognizedClientException';
  const message = 'The security token included in the request is invalid.';
  throw Object.assign(new Error(message), shape(name, 403, message));
}

function accountOf(world: World, id: string): AccountState {
  const account = world.accounts.get(id);
  if (account === undefined) throw new Error(`The simulated organization has no account ${id}.`);
  return account;
}

/** Global services answer wherever they are asked; others only in regions that the account has enabled. */
function regionOf(service: Service, account: AccountState, name: string): RegionState {
  const region = account.regions.get(name);
  if (region !== undefined) return region;
  const home = account.regions.get(iamRegion(account.partition)) ?? account.regions.values().next().value;
  if (home !== undefined && (service.global || service.prefix === 'account')) return home;
  if (service.prefix === 'sts') {
    const message = `STS is not activated in this region for account:${account.id}. Your account administrator can activate STS in this region using the IAM Console.`;
    throw Object.assign(new Error(message), shape('RegionDisabledException', 403, message));
  }
  const message = 'The security token included in the request is invalid.';
  throw Object.assign(new Error(message), shape('UnrecognizedClientException', 403, message));
}

/** What the simulator needs of an SDK client. The parameters are `never`: each client types them by its own commands. */
export interface Attachable {
  readonly config: { region(): Promise<string> };
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

interface Arguments {
  readonly input: object;
  readonly request: { readonly headers: Readonly<Record<string, string>> };
}

const OPTIONS = { step: 'deserialize', priority: 'high', name: 'simulator', override: true };

/**
 * Lets a real SDK client be answered here. Serializing, signing and retrying stay the SDK's own: the middleware is the
 * outermost of the deserialize step, behind the retries, so that each attempt is a call of its own.
 */
export function attach<C extends Attachable>(client: C, service: Service, answer: Answer): C {
  const middleware =
    (_next: unknown, context: { readonly commandName?: string }) =>
    async ({ input, request }: Arguments) => {
      const from = { accessKeyId: accessKeyOf(request.headers), region: await client.config.region() };
      const output = answer(service, context.commandName ?? '', input, from);
      return { output: { ...output, $metadata: { httpStatusCode: 200 } }, response: {} };
    };
  client.middlewareStack.add(middleware as never, OPTIONS as never);
  return client;
}

/** Whose credentials signed a request; empty for an unsigned one. */
function accessKeyOf(headers: Readonly<Record<string, string>>): string {
  return /Credential=([^/]+)\//.exec(headers['authorization'] ?? '')?.[1] ?? '';
}
