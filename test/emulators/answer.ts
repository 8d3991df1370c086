import type { Backend } from './backend.ts';
import type { Script, Step } from './step.ts';

/** What a backend said to one step, with everything taken out that differs from run to run. */
export type Answer =
  | { readonly kind: 'output'; readonly output: unknown }
  | { readonly kind: 'error'; readonly name: string }
  | { readonly kind: 'not-implemented' };

/** Runs a script on an empty backend and returns the answers, one for each step. */
export async function runScript(backend: Backend, script: Script): Promise<Answer[]> {
  await backend.reset();
  const kept = new Map<string, string>();
  const answers: Answer[] = [];
  for (const step of script.steps) answers.push(await runStep(backend, step, kept));
  return answers;
}

async function runStep(backend: Backend, step: Step, kept: Map<string, string>): Promise<Answer> {
  const input = fill(step.input, kept);
  if (/"\{\w+\}"/.test(JSON.stringify(input))) return { kind: 'not-implemented' };
  try {
    const { $metadata: _, ...output } = (await backend.send({ ...step, input })) as { $metadata?: unknown };
    for (const [name, path] of Object.entries(step.keep ?? {})) {
      const value = at(output, path);
      if (typeof value === 'string') kept.set(name, value);
    }
    return { kind: 'output', output: normalise(step.anyItems ? withoutItems(output) : output) ?? {} };
  } catch (error) {
    return refusal(error);
  }
}

/** Lists as long as they are, with nothing in them. */
function withoutItems(output: object): object {
  return Object.fromEntries(
    Object.entries(output).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(() => '<item>') : value,
    ]),
  );
}

const UNKNOWN_OPERATION =
  /InvalidAction|UnknownOperation|NotImplemented|UnknownError|^404$|^501$|SyntaxError/;

function refusal(error: unknown): Answer {
  if (!(error instanceof Error)) throw error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const unknown = UNKNOWN_OPERATION.test(error.name) || status === 501 || (status ?? 0) >= 500;
  if (unknown || status === undefined) return { kind: 'not-implemented' };
  return { kind: 'error', name: error.name.replace(/Exception$/, '') };
}

function fill(value: Step['input'], kept: ReadonlyMap<string, string>): Step['input'] {
  const text = JSON.stringify(value).replace(/"\{(\w+)\}"/g, (whole, name: string) => {
    const known = kept.get(name);
    return known === undefined ? whole : JSON.stringify(known);
  });
  return JSON.parse(text);
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], value);
}

/** Ids, times and documents made comparable; what is empty counts as absent. */
function normalise(value: unknown): unknown {
  if (value instanceof Date) return '<time>';
  if (typeof value === 'string') return value === '' ? undefined : normaliseText(value);
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(normalise);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, key === 'Marker' ? '<marker>' : normalise(item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function normaliseText(text: string): unknown {
  if (/^(?:%7B|\{)/i.test(text)) {
    try {
      return JSON.parse(decodeURIComponent(text));
    } catch {
      return text;
    }
  }
  return text
    .replace(/\bA(?:ROA|NPA|IDA|KIA|SIA)[A-Z0-9]{12,}\b/g, '<id>')
    .replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<uuid>')
    .replace(/\ba-[a-z0-9]{8,}\b/g, '<association>');
}

/** One place in which two answers differ. */
export interface Difference {
  /** JSON path in the answer, or `answer` when one refuses. */
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Where two answers to one step differ; nothing when one of them does not know the operation. */
export function differences(ours: Answer, theirs: Answer): Difference[] {
  if (ours.kind === 'not-implemented' || theirs.kind === 'not-implemented') return [];
  if (ours.kind === 'output' && theirs.kind === 'output') return [...compare(ours.output, theirs.output, '')];
  const [first, second] = [said(ours), said(theirs)];
  return first === second ? [] : [{ field: 'answer', ours: first, theirs: second }];
}

const said = (answer: Answer): string => (answer.kind === 'error' ? answer.name : 'success');

/** Fields whose values each emulator makes up: ids of networks, hosts, versions of images. */
const MADE_UP =
  /(?:endpoint|certificateAuthority|platformVersion|vpcId|clusterSecurityGroupId|issuer|clientRequestToken|serviceIpv4Cidr|releaseVersion|resources|diskSize|remoteAccess|scalingConfig|nodegroupArn|addonArn|accessEntryArn|PolicyId|amiType|version)$/;

function* compare(ours: unknown, theirs: unknown, path: string): Generator<Difference> {
  if (Object.is(ours, theirs) || MADE_UP.test(path)) return;
  const bothObjects = [ours, theirs].every((side) => typeof side === 'object' && side !== null);
  if (!bothObjects || Array.isArray(ours) !== Array.isArray(theirs)) {
    yield { field: path, ours: shown(ours), theirs: shown(theirs) };
    return;
  }
  const [left, right] = [Object(ours), Object(theirs)] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])) {
    yield* compare(left?.[key], right?.[key], path === '' ? key : `${path}.${key}`);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
