import { randomUUID } from 'node:crypto';
import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import {
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SendTaskSuccessCommandInput,
  SFNClient,
  TaskTimedOut,
  type UpdateMapRunCommandInput,
} from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type * as z from 'zod';
import { accessAnalyzer, type SecondOpinion } from '../../../shared/aws/changes/second-opinion.ts';
import { dynamodbEvidence } from '../../../shared/aws/evidence/dynamodb-evidence.ts';
import { dynamodbStore } from '../../../shared/aws/findings/dynamodb-store.ts';
import { waiverTable } from '../../../shared/aws/findings/waiver-table.ts';
import { s3Claims } from '../../../shared/aws/pipeline/claims.ts';
import { stateMachineEvaluations } from '../../../shared/aws/pipeline/evaluations.ts';
import { eventBus } from '../../../shared/aws/pipeline/event-bus.ts';
import { tableHistory } from '../../../shared/aws/pipeline/history.ts';
import { stepFunctionsMapRuns } from '../../../shared/aws/pipeline/map-runs.ts';
import { dynamodbOutbox } from '../../../shared/aws/pipeline/outbox.ts';
import { owedTable } from '../../../shared/aws/pipeline/owed-table.ts';
import { tableRelations } from '../../../shared/aws/pipeline/relations.ts';
import { organizationListing } from '../../../shared/aws/pipeline/scan-organization.ts';
import { tableScanStates } from '../../../shared/aws/pipeline/scan-states.ts';
import { tableRegister } from '../../../shared/aws/pipeline/scope-register.ts';
import { awsSecurityHub, placeOfProduct } from '../../../shared/aws/pipeline/security-hub.ts';
import { snsChatTopic, snsTopic } from '../../../shared/aws/pipeline/topic.ts';
import { taskCallbacks } from '../../../shared/aws/repairs/callbacks.ts';
import { dynamodbRecords } from '../../../shared/aws/repairs/dynamodb-records.ts';
import type { Records } from '../../../shared/changes/repairs/records.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { type Turn, turnSchema } from '../../../shared/pipeline/lane.ts';
import type { Message } from '../../../shared/pipeline/message.ts';
import { repairMessageSchema } from '../../../shared/pipeline/repair/notice.ts';
import type { Callbacks } from '../../../shared/pipeline/repair/repair.ts';
import { type MapRun, type MapRuns, PACED_MAP } from '../../../shared/pipeline/scan/pace-scan.ts';
import type { ScanStates } from '../../../shared/pipeline/scan/scan-states.ts';
import { type ScanSummary, scanSummarySchema } from '../../../shared/pipeline/scan/summary.ts';
import type { Services } from '../../../simulator/pipeline/services.ts';
import { attach, CONFIG } from './attach.ts';
import type { Calls } from './calls.ts';
import { failureOf } from './failures.ts';
import { createObjects } from './objects.ts';
import { answerOrganizations } from './organizations.ts';
import { createTable, type Table } from './table.ts';
import { strikeParts } from './transaction-parts.ts';

/** What tells calls of the table of repairs from those of the table of findings. */
export const OF_REPAIRS = ' of repairs';

const TABLE = 'findings';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:transitions';
const CHAT = 'arn:aws:sns:eu-west-1:111122223333:chat';
const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Reevaluate';
const PRODUCT = 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default';

/** What a subscriber of a topic received of findings. */
interface Told {
  readonly id: string;
  readonly change: string;
  readonly rule: string;
}

/** What it received of repairs and scans: the bodies. */
interface Notices {
  readonly repairs: z.infer<typeof repairMessageSchema>[];
  readonly scans: ScanSummary[];
}

/** The hub's services as podtrust's own adapters see them, and what is in them. */
export interface Hub {
  readonly services: Services;
  readonly table: Table;
  /** The table of repairs, and what is kept there. */
  readonly repairs: Table;
  readonly records: Records;
  readonly objects: ReadonlyMap<string, string>;
  readonly told: readonly Told[];
  readonly notices: Notices;
  readonly chatted: readonly string[];
  /** Names of the executions that were started. */
  readonly executions: ReadonlySet<string>;
  /** How a workflow that waits for a decision is told. */
  readonly callbacks: (own: Callbacks) => Callbacks;
  /** How the loop of a scan sees its map runs: somebody has lifted their limit, so that it is to be set. */
  readonly mapRuns: (own: MapRuns) => MapRuns;
  /** What Organizations lists. */
  readonly organization: ReturnType<typeof organizationListing>;
  readonly scanStates: ScanStates;
  /** What IAM Access Analyzer says of a plan: nothing against it. */
  readonly secondOpinion: SecondOpinion;
  /** Security Hub refuses the next so many calls. */
  readonly refuseImports: (calls: number) => void;
  /** Security Hub's findings by their ids. */
  readonly imported: ReadonlyMap<string, { readonly RecordState?: string; readonly GeneratorId?: string }>;
}

/**
 * The adapters of the deployed functions with real SDK clients, one attempt a call, whose requests are answered in this
 * process and struck by faults: behind the SDK's serializing, signing and retrying.
 * `before`: a hub whose contents are there already.
 */
export function hubServices(calls: Calls, now: () => Date, before?: Hub): Hub {
  const table = createTable(before?.table.items);
  const repairs = createTable(before?.repairs.items);
  const told: Told[] = [...(before?.told ?? [])];
  const notices: Notices = { repairs: [], scans: [] };
  const chatted: string[] = [];
  const imported = new Map(before?.imported);
  const started: Turn[] = [];
  const names = new Set(before?.executions);
  const on = <C extends Parameters<typeof attach>[0]>(
    client: C,
    prefix: string,
    answer: Parameters<typeof attach>[2],
    of?: string,
  ): C => attach(client, prefix, answer, calls, of);

  const dynamodb = on(new DynamoDBClient(CONFIG), 'dynamodb', (operation, input, partial) => {
    if (operation === 'TransactWriteItems') strikeParts(input, calls);
    return table.answer(operation, input, partial);
  });
  const ofRepairs = on(new DynamoDBClient(CONFIG), 'dynamodb', repairs.answer, OF_REPAIRS);
  const objects = createObjects(calls, before?.objects);
  const s3 = on(new S3Client(CONFIG), 's3', objects.answer);
  const sns = on(new SNSClient(CONFIG), 'sns', (_operation, input) => {
    const { TopicArn, Message: body = '' } = input as { TopicArn?: string; Message?: string };
    if (TopicArn === CHAT) chatted.push(body);
    else {
      const message = JSON.parse(JSON.parse(body).default);
      if (message.type === 'repair') notices.repairs.push(repairMessageSchema.parse(message));
      else if (message.type === 'scan') notices.scans.push(scanSummarySchema.parse(message));
      else told.push({ id: message.id, change: message.change, rule: message.finding.rule });
    }
    return { MessageId: String(told.length) };
  });
  const states = on(new SFNClient(CONFIG), 'states', (operation, input) => {
    const { name = '', input: text = '', executionArn = '' } = input as Record<string, string>;
    const failure = { $metadata: {}, message: 'no' };
    if (operation === 'DescribeExecution') {
      const asked = executionArn.split(':').at(-1) ?? '';
      if (!names.has(asked)) throw new ExecutionDoesNotExist(failure);
      return { status: started.some((turn) => turn.name === asked) ? 'RUNNING' : 'FAILED' };
    }
    if (names.has(name) && !started.some((turn) => turn.name === name))
      throw new ExecutionAlreadyExists(failure);
    if (!names.has(name)) started.push(turnSchema.parse(JSON.parse(text)));
    names.add(name);
    return {};
  });
  let toRefuse = 0;
  const securityHub = on(new SecurityHubClient(CONFIG), 'securityhub', (_operation, input, partial) => {
    const denied = toRefuse > 0 ? failureOf('securityhub', 'denied') : null;
    toRefuse -= 1;
    if (denied !== null) throw denied;
    const { Findings = [] } = input as {
      Findings?: { Id: string; RecordState?: string; GeneratorId?: string }[];
    };
    const refused = partial ? Findings.slice(0, Math.ceil(Findings.length / 2)) : [];
    for (const finding of Findings) if (!refused.includes(finding)) imported.set(finding.Id, finding);
    return {
      FailedCount: refused.length,
      SuccessCount: Findings.length - refused.length,
      FailedFindings: refused.map(({ Id }) => ({
        Id,
        ErrorCode: 'InternalError',
        ErrorMessage: 'Try again.',
      })),
    };
  });
  const events = (deliver: (event: object) => void) =>
    on(new EventBridgeClient(CONFIG), 'events', (_operation, input, partial) => {
      if (partial) return { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] };
      for (const { Source, DetailType, Detail = '' } of (input as PutEventsCommandInput).Entries ?? [])
        deliver({ source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) });
      return { FailedEntryCount: 0, Entries: [{ EventId: '1' }] };
    });

  const callbacks = (own: Callbacks) =>
    taskCallbacks(
      on(new SFNClient(CONFIG), 'states', async (_operation, input) => {
        const { taskToken = '', output = '' } = input as SendTaskSuccessCommandInput;
        const isHeard = await own.decided(taskToken, JSON.parse(output).verdict);
        if (!isHeard) throw new TaskTimedOut({ $metadata: {}, message: 'no' });
        return {};
      }),
    );
  const mapRuns = (own: MapRuns): MapRuns => {
    let known: MapRun | null = null;
    let set = false;
    return stepFunctionsMapRuns(
      on(new SFNClient(CONFIG), 'states', async (operation, input) => {
        const {
          executionArn = '',
          mapRunArn = '',
          maxConcurrency = 0,
        } = input as UpdateMapRunCommandInput & {
          executionArn?: string;
        };
        if (operation === 'ListMapRuns') {
          known = await own.find(executionArn, PACED_MAP);
          return { mapRuns: known === null ? [] : [{ mapRunArn: known.arn, startDate: known.startedAt }] };
        }
        if (operation === 'UpdateMapRun') {
          set = true;
          await own.setConcurrency(mapRunArn, maxConcurrency);
          return {};
        }
        return {
          status: known?.active === true ? 'RUNNING' : 'SUCCEEDED',
          startDate: known?.startedAt,
          maxConcurrency: set ? known?.concurrency : 0,
          itemCounts: {
            running: known?.running,
            succeeded: known?.ended,
            failed: 0,
            timedOut: 0,
            aborted: 0,
          },
        };
      }),
    );
  };
  const analyzer = on(new AccessAnalyzerClient(CONFIG), 'access-analyzer', (operation) =>
    operation === 'CheckNoNewAccess' ? { result: 'PASS' } : { findings: [] },
  );
  const organizations = on(new OrganizationsClient(CONFIG), 'organizations', answerOrganizations);

  const tableName = () => TABLE;
  const pause = async () => {};
  const published: Message[] = [];
  return {
    table,
    repairs,
    records: dynamodbRecords(ofRepairs, () => 'repairs'),
    notices,
    callbacks,
    mapRuns,
    organization: organizationListing(organizations),
    scanStates: tableScanStates(dynamodb, tableName),
    secondOpinion: accessAnalyzer(analyzer),
    objects: objects.kept,
    told,
    chatted,
    executions: names,
    imported,
    refuseImports: (count) => {
      toRefuse = count;
    },
    services: {
      bus: (deliver) => eventBus(events(deliver), () => 'podtrust'),
      claims: s3Claims(s3, () => 'claims'),
      history: tableHistory(dynamodb, tableName, pause),
      register: tableRegister(dynamodb, tableName, { hash: sha256, now, pause }),
      relations: tableRelations(dynamodb, tableName, sha256, now),
      evidence: dynamodbEvidence(dynamodb, tableName, pause),
      store: dynamodbStore(dynamodb, tableName),
      waivers: waiverTable(dynamodb, tableName, sha256),
      outbox: dynamodbOutbox(dynamodb, tableName),
      topic: snsTopic(sns, () => TOPIC),
      chat: snsChatTopic(sns, () => CHAT),
      securityHub: {
        securityHub: awsSecurityHub(securityHub),
        place: () => placeOfProduct(PRODUCT),
        owed: owedTable(dynamodb, tableName, randomUUID),
      },
      evaluations: stateMachineEvaluations(states, () => MACHINE),
      started,
      published,
      inserted: async () => table.inserted(),
      close: () => {},
    },
  };
}
