import type { TrailTable } from '../../../config/evidence.ts';
import { MOST_OBSERVED } from '../../../estate/snapshot.ts';
import { POD_IDENTITY_SERVICE, SUBJECT_PREFIX } from '../../../identity/service-account.ts';
import { ACTION_IN_MESSAGE, REASON_IN_MESSAGE } from '../../../triggers/refusal-message.ts';
import { POD_SESSION, REFUSAL_CODE } from '../../../triggers/refused-call.ts';

/** What is asked of a table of a trail's log files. */
export interface TrailQuery {
  readonly accounts: readonly string[];
  /** Regions to which the partitions are narrowed; absent: all. */
  readonly regions?: readonly string[];
  readonly from: Date;
  readonly to: Date;
  /** Calls that pods were refused, too: needs the column `webIdFederationData` of `userIdentity`. */
  readonly accessDenied: boolean;
}

/** The columns of the answer, in order; none is a word that Athena reserves (Athena user guide, "Escape reserved keywords"). */
export const COLUMNS = [
  'kind',
  'account',
  'region',
  'service',
  'operation',
  'refused',
  'rolearn',
  'principal',
  'username',
  'provider',
  'clustername',
  'namespace',
  'serviceaccount',
  'action',
  'reason',
  'earliest',
  'latest',
  'counted',
  'reads',
  'latestcode',
  'latestid',
] as const;

/** What makes two calls one row: nothing that is new in every call. */
const KEY = COLUMNS.slice(0, COLUMNS.indexOf('earliest')).join(', ');

const STS = "eventsource = 'sts.amazonaws.com'";
const IS = {
  web: `${STS} AND eventname = 'AssumeRoleWithWebIdentity' AND (useridentity.username LIKE '${SUBJECT_PREFIX}%' OR (useridentity.username IS NULL AND errorcode IS NOT NULL AND regexp_like(errormessage, 'oidc[.-]eks[.].*/id/')))`,
  agent:
    "eventsource = 'eks-auth.amazonaws.com' AND eventname = 'AssumeRoleForPodIdentity' AND errorcode IS NOT NULL",
  association: `${STS} AND eventname = 'AssumeRole' AND useridentity.invokedby = '${POD_IDENTITY_SERVICE}' AND errorcode IS NULL`,
} as const;

const PROVIDER = 'useridentity.sessioncontext.webidfederationdata.federatedprovider';
const CALL = `useridentity.type = 'AssumedRole' AND regexp_like(errorcode, ${literal(REFUSAL_CODE)}) AND (regexp_like(${PROVIDER}, 'oidc[.-]eks[.].*/id/') OR (${PROVIDER} IS NULL AND regexp_like(useridentity.arn, ${literal(`:assumed-role/[^/]+/${POD_SESSION}`)})))`;

/**
 * One query for all kinds of observations, so that the log files are read once. Rows are what the pipeline keeps as pairs, with
 * the first and last time; the newest ${MOST_OBSERVED} of each kind and account and one more, which tells that there are others.
 * The kind `other` is one row for each account and region: what the table holds of them at all. Athena's dialect (Trino).
 *
 * Names of the configuration are quoted, everything else that goes into the text is an account id, a region or a time.
 */
export function trailQuery(table: TrailTable, query: TrailQuery): string {
  const { accessDenied } = query;
  const kinds = [
    ...Object.entries(IS).map(([kind, condition]) => `WHEN ${condition} THEN '${kind}'`),
    ...(accessDenied ? [`WHEN ${CALL} THEN 'call'`] : []),
  ];
  return `WITH records AS (
  SELECT *, CASE ${kinds.join('\n    ')}
    ELSE 'other' END AS kind
  FROM ${quoted(table.catalog)}.${quoted(table.database)}.${quoted(table.table)}
  WHERE ${conditions(table, query).join('\n    AND ')}
),
tagged AS (
  SELECT *, CASE WHEN kind = 'association' THEN TRY(CAST(json_extract(requestparameters, '$.tags') AS ARRAY(MAP(VARCHAR, VARCHAR)))) END AS tags
  FROM records
),
calls AS (
  SELECT kind,
    recipientaccountid AS account,
    awsregion AS region,
    CASE WHEN kind <> 'other' THEN eventsource END AS service,
    CASE WHEN kind <> 'other' THEN eventname END AS operation,
    CASE WHEN kind <> 'other' AND errorcode IS NOT NULL THEN 'true' WHEN kind <> 'other' THEN 'false' END AS refused,
    CASE WHEN kind IN ('agent', 'call') THEN useridentity.sessioncontext.sessionissuer.arn
      WHEN kind <> 'other' THEN json_extract_scalar(requestparameters, '$.roleArn') END AS rolearn,
    CASE WHEN kind = 'web' THEN useridentity.principalid END AS principal,
    CASE WHEN kind = 'web' THEN useridentity.username END AS username,
    CASE WHEN kind = 'web' THEN json_extract_scalar(responseelements, '$.provider')
      ${accessDenied ? `WHEN kind = 'call' THEN ${PROVIDER} ` : ''}END AS provider,
    CASE WHEN kind = 'agent' THEN coalesce(json_extract_scalar(requestparameters, '$.clusterName'), json_extract_scalar(requestparameters, '$.name'))
      WHEN kind = 'association' THEN ${tag('eks-cluster-name')} END AS clustername,
    CASE WHEN kind = 'association' THEN ${tag('kubernetes-namespace')} END AS namespace,
    CASE WHEN kind = 'association' THEN ${tag('kubernetes-service-account')} END AS serviceaccount,
    CASE WHEN kind = 'call' THEN regexp_extract(errormessage, ${literal(ACTION_IN_MESSAGE)}, 1) END AS action,
    CASE WHEN kind = 'call' THEN regexp_extract(errormessage, ${literal(`^.*${REASON_IN_MESSAGE}`)}, 1) END AS reason,
    eventtime AS seen,
    eventid,
    errorcode,
    CAST(readonly AS VARCHAR) AS readonly
  FROM tagged
),
pairs AS (
  SELECT ${KEY},
    min(seen) AS earliest,
    max(seen) AS latest,
    count(DISTINCT eventid) AS counted,
    sum(CASE WHEN readonly = 'true' THEN 1 ELSE 0 END) AS reads,
    max_by(errorcode, seen) AS latestcode,
    max_by(eventid, seen) AS latestid
  FROM calls
  GROUP BY ${KEY}
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY account, kind, refused ORDER BY latest DESC) AS place
  FROM pairs
)
SELECT ${COLUMNS.join(', ')}
FROM ranked
WHERE place <= ${MOST_OBSERVED + 1}
ORDER BY CASE WHEN kind = 'other' THEN 0 ELSE 1 END, latest DESC`;
}

/** Value of a session tag; null when it is not there, or the tags are off. */
function tag(key: string): string {
  return `element_at(element_at(filter(tags, tag -> element_at(tag, 'key') = ${literal(key)}), 1), 'value')`;
}

function conditions(
  { partitions }: TrailTable,
  { accounts, regions, from, to }: TrailQuery,
): readonly string[] {
  const among = (column: string, values: readonly string[]) =>
    `${column} IN (${values.map(literal).join(', ')})`;
  const { day, account, region } = partitions;
  return [
    among('recipientaccountid', accounts),
    `eventtime >= ${literal(second(from))}`,
    `eventtime <= ${literal(second(to))}`,
    ...(day === undefined
      ? []
      : [
          `${quoted(day.column)} >= ${literal(dayIn(from, day.format))}`,
          `${quoted(day.column)} <= ${literal(dayIn(to, day.format))}`,
        ]),
    ...(account === undefined ? [] : [among(quoted(account), accounts)]),
    ...(region === undefined || regions === undefined || regions.length === 0
      ? []
      : [among(quoted(region), regions)]),
  ];
}

/** As CloudTrail writes `eventTime`. */
const second = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

function dayIn(time: Date, format: 'yyyy/MM/dd' | 'yyyy-MM-dd' | 'yyyyMMdd'): string {
  const day = time.toISOString().slice(0, 10);
  switch (format) {
    case 'yyyy-MM-dd':
      return day;
    case 'yyyy/MM/dd':
      return day.replaceAll('-', '/');
    case 'yyyyMMdd':
      return day.replaceAll('-', '');
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
