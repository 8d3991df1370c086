import * as z from 'zod';
import { MOST_OBSERVED } from '../../../estate/snapshot.ts';
import { type Evidence, evidenceOf, merged, pairOf, refusedCallEvidence } from '../../../evidence/record.ts';
import { roleOfArn } from '../../../triggers/names.ts';
import { readTrigger } from '../../../triggers/read-trigger.ts';
import { readRefusedCall } from '../../../triggers/refused-call.ts';
import { COLUMNS } from './query.ts';
import type { QueryAnswer } from './run-query.ts';

/** What a table holds of one account in one region. */
export interface Held {
  /** Times of the oldest and the newest record. */
  readonly first: string;
  readonly last: string;
  /** Calls that read, among them the sessions of pods. */
  readonly reads: number;
}

/** What a table holds of one account. */
export interface OfAccount {
  readonly evidence: readonly Evidence[];
  /** By region; empty: it holds nothing. */
  readonly held: ReadonlyMap<string, Held>;
  /** Rows that are not what the query asked for. */
  readonly unread: number;
  /** Kinds of which there are more than were asked for. */
  readonly cut: boolean;
}

const time = z.iso.datetime();
const number = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const text = z.string().max(4096).nullable();

const rowSchema = z.object({
  kind: z.enum(['web', 'agent', 'association', 'call', 'other']),
  account: z.string().regex(/^\d{12}$/),
  region: text,
  service: text,
  operation: text,
  rolearn: text,
  principal: text,
  username: text,
  provider: text,
  clustername: text,
  namespace: text,
  serviceaccount: text,
  action: text,
  reason: text,
  refused: z.enum(['true', 'false']).nullable(),
  earliest: time,
  latest: time,
  counted: number,
  reads: number,
  latestcode: text,
  latestid: text,
});

type Row = z.infer<typeof rowSchema>;

/**
 * What the rows of an answer show, by account: of the role where the call names one, as the pipeline keeps it. Rows are read by
 * the same readers as single records; nothing throws.
 */
export function observationsIn(answer: QueryAnswer): (account: string) => OfAccount {
  const rows: Row[] = [];
  let strange = 0;
  const isAnswer = COLUMNS.every((name, at) => answer.columns[at] === name);
  for (const cells of answer.rows) {
    const row = rowSchema.safeParse(Object.fromEntries(COLUMNS.map((name, at) => [name, cells[at]]))).data;
    if (!isAnswer || cells.length !== COLUMNS.length || row === undefined) strange += 1;
    else rows.push(row);
  }
  const found = rows
    .filter(({ kind }) => kind !== 'other')
    .map((row) => ({ row, evidence: evidenceIn(row) }));
  const byRole = Map.groupBy(found, ({ row, evidence }) => accountOf(evidence) ?? row.account);
  const byRecipient = Map.groupBy(rows, ({ account }) => account);
  return (account) => {
    const own = byRecipient.get(account) ?? [];
    const of = byRole.get(account) ?? [];
    const byRegion = Map.groupBy(own, ({ region }) => region ?? '');
    const sizes = Map.groupBy(own, ({ kind, refused }) => `${kind} ${refused}`);
    return {
      evidence: together(of.flatMap(({ evidence }) => evidence ?? [])),
      held: new Map([...byRegion].map(([region, some]) => [region, heldIn(some)])),
      unread: strange + of.filter(({ evidence }) => evidence === null).length,
      cut: [...sizes.values()].some((some) => some.length > MOST_OBSERVED),
    };
  };
}

function heldIn(rows: readonly Row[]): Held {
  return {
    first: rows.map(({ earliest }) => earliest).sort()[0] ?? '',
    last:
      rows
        .map(({ latest }) => latest)
        .sort()
        .at(-1) ?? '',
    reads: rows.reduce((sum, { reads }) => sum + reads, 0),
  };
}

/** Where a role is judged. */
function accountOf(evidence: Evidence | null): string | undefined {
  return evidence === null || !('role' in evidence.of) ? undefined : roleOfArn(evidence.of.role)?.account;
}

function together(found: readonly Evidence[]): readonly Evidence[] {
  const pairs = new Map<string, Evidence>();
  for (const evidence of found) {
    const pair = pairOf(evidence);
    const known = pairs.get(pair);
    pairs.set(pair, known === undefined ? evidence : merged(known, evidence));
  }
  return [...pairs.values()];
}

/** The newest call of a row as CloudTrail records one, read, and with the times and the count of all of them. */
function evidenceIn(row: Row): Evidence | null {
  const evidence = newestOf(row);
  if (evidence === null) return null;
  const first = new Date(row.earliest).toISOString();
  switch (evidence.kind) {
    case 'session':
      return { kind: evidence.kind, of: { ...evidence.of, first } };
    case 'web-denial':
      return { kind: evidence.kind, of: { ...evidence.of, first, count: counted(row) } };
    case 'pod-denial':
      return { kind: evidence.kind, of: { ...evidence.of, first, count: counted(row) } };
    case 'call-denial':
      return { kind: evidence.kind, of: { ...evidence.of, first, count: counted(row) } };
  }
}

/** Every row stands for one call at least, also where records have no id to count them by. */
const counted = ({ counted: calls }: Row): number => Math.max(1, calls);

function newestOf(row: Row): Evidence | null {
  const envelope = { account: row.account, detail: recordOf(row) };
  if (row.kind === 'call') {
    const refused = readRefusedCall(envelope);
    return refused === null ? null : refusedCallEvidence(refused);
  }
  const reading = readTrigger(envelope);
  return reading.outcome === 'trigger' && reading.trigger.kind === 'session'
    ? evidenceOf(reading.trigger, true)
    : null;
}

function recordOf(row: Row): object {
  const common = {
    eventSource: row.service,
    eventName: row.operation,
    awsRegion: row.region,
    eventTime: row.latest,
    eventID: row.latestid,
    recipientAccountId: row.account,
    ...(row.refused === 'true' && { errorCode: row.latestcode }),
  };
  switch (row.kind) {
    case 'web':
      return {
        ...common,
        userIdentity: { type: 'WebIdentityUser', principalId: row.principal, userName: row.username },
        requestParameters: { roleArn: row.rolearn },
        responseElements: { provider: row.provider },
      };
    case 'agent':
      return {
        ...common,
        userIdentity: assumedRole(row.rolearn, 'agent', null),
        requestParameters: { clusterName: row.clustername },
      };
    case 'association':
      return {
        ...common,
        userIdentity: { type: 'AWSService', invokedBy: 'pods.eks.amazonaws.com' },
        requestParameters: { roleArn: row.rolearn, tags: tagsOf(row) },
      };
    case 'call':
      return {
        ...common,
        userIdentity: assumedRole(row.rolearn, ANY_POD, row.provider),
        errorMessage: `is not authorized to perform: ${row.action ?? ''} ${row.reason ?? ''}`,
      };
    case 'other':
      return {};
  }
}

/** The query has looked at the session's name, and leaves it out: each pod has one of its own. */
const ANY_POD = 'eks-any-pod-00000000-0000-0000-0000-000000000000';

function assumedRole(arn: string | null, session: string, federatedProvider: string | null): object {
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::000000000000:assumed-role/any/${session}`,
    sessionContext: {
      sessionIssuer: { arn },
      webIdFederationData: federatedProvider === null ? {} : { federatedProvider },
    },
  };
}

function tagsOf({ clustername, namespace, serviceaccount }: Row): readonly object[] {
  const tags = {
    'eks-cluster-name': clustername,
    'kubernetes-namespace': namespace,
    'kubernetes-service-account': serviceaccount,
  };
  return Object.entries(tags).flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
}
