import * as z from 'zod';
import {
  type CloudTrailRecord,
  type EventBridgeEvent,
  toEventBridge,
} from '../../simulator/records/record.ts';

/**
 * An IAM call as ministack's LookupEvents tells it: the event is named `POST.iam`, and the request's parameters are those
 * of the form that the SDK sent, `Tags.member.1.Key` and all. It says neither whether the call was refused nor what it
 * answered.
 */
const recordedSchema = z.looseObject({
  eventName: z.literal('POST.iam'),
  requestParameters: z.looseObject({ Action: z.string() }),
  readOnly: z.union([z.boolean(), z.string()]),
  recipientAccountId: z.string(),
});

/** Parameters that CloudTrail writes as numbers. */
const NUMBERS = new Set(['maxSessionDuration']);
/** Actions that change nothing: CloudTrail has them too, EventBridge's rules of podtrust do not ask for them. */
const READS = /^(Get|List|Simulate|Generate)/;

/** The event that EventBridge would deliver of an IAM write; null for a read and for what is no call of IAM. */
export function iamEvent(cloudTrailEvent: string): EventBridgeEvent | null {
  const parsed = recordedSchema.safeParse(JSON.parse(cloudTrailEvent));
  if (!parsed.success || READS.test(parsed.data.requestParameters.Action)) return null;
  const { Action, Version: _, ...parameters } = parsed.data.requestParameters;
  const record = {
    ...parsed.data,
    eventVersion: '1.11',
    eventSource: 'iam.amazonaws.com',
    eventName: Action,
    // IAM records where its control plane is, whatever region the client was made for.
    awsRegion: 'us-east-1',
    requestParameters: inCamelCase(nested(parameters)),
    readOnly: false,
    managementEvent: true,
    eventCategory: 'Management',
  };
  // The emulator's record has the rest of the fields; what reads it is written for strangers.
  return toEventBridge(record as unknown as CloudTrailRecord);
}

type Tree = string | Tree[] | { [name: string]: Tree };

/** `Tags.member.1.Key=team` and its like, as lists of objects. */
function nested(parameters: Readonly<Record<string, unknown>>): Tree {
  const root: { [name: string]: Tree } = {};
  for (const [name, value] of Object.entries(parameters)) {
    const [first = '', ...rest] = name.split('.').filter((part) => part !== 'member');
    root[first] = rest.length === 0 ? String(value) : put(root[first], rest, String(value));
  }
  return root;
}

function put(into: Tree | undefined, [key = '', ...rest]: readonly string[], value: string): Tree {
  const next = (old: Tree | undefined): Tree => (rest.length === 0 ? value : put(old, rest, value));
  if (/^\d+$/.test(key)) {
    const list = Array.isArray(into) ? [...into] : [];
    list[Number(key) - 1] = next(list[Number(key) - 1]);
    return list;
  }
  const object = typeof into === 'object' && !Array.isArray(into) ? into : {};
  return { ...object, [key]: next(object[key]) };
}

function inCamelCase(tree: Tree): unknown {
  if (typeof tree === 'string') return tree;
  if (Array.isArray(tree)) return tree.map(inCamelCase);
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      const key = name.charAt(0).toLowerCase() + name.slice(1);
      return [key, NUMBERS.has(key) ? Number(value) : inCamelCase(value)];
    }),
  );
}
