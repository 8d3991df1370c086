import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { type RoleClients, throughWriteRole } from '../aws/changes/enter.ts';
import { type Enter, type WorldOptions, worldOf } from '../aws/changes/world.ts';
import { clientConfigs, createClients } from '../aws/clients.ts';
import { dynamodbStore } from '../aws/findings/dynamodb-store.ts';
import { snsTopic } from '../aws/pipeline/topic.ts';
import { dynamodbRecords } from '../aws/repairs/dynamodb-records.ts';
import { liveTags } from '../aws/repairs/live-tags.ts';
import { configuredClusters } from '../changes/guards/cluster-writes.ts';
import { repairStore } from '../changes/repairs/repair-store.ts';
import type { Config } from '../config/config.ts';
import { type ApplyPorts, patienceOf } from '../pipeline/repair/apply.ts';
import { variable } from './environment.ts';
import { sha256 } from './hash.ts';
import { logTelemetry } from './logger.ts';

const now = () => new Date();

/** Names of the roles that podtrust reads and writes accounts with. */
export function ownRolesOf({ fixes, deployment }: Config): readonly string[] {
  return [deployment.readRole.name, ...(fixes === undefined ? [] : [fixes.writeRole])];
}

/** How long add-ons and clusters are waited for: twice that fits into the time of a function, for the way back. */
const UNDER_WAY_SECONDS = 360;

/**
 * What the functions that repair are wired with in the hub. Makes no call by itself. `kubernetes`: how the clusters are
 * written that the configuration chose; absent in functions that write none.
 */
export function deployedRepair(config: Config, kubernetes?: WorldOptions['kubernetes']): ApplyPorts {
  const dynamodb = new DynamoDBClient();
  const findings = dynamodbStore(dynamodb, () => variable('tableName'));
  const store = repairStore({
    records: dynamodbRecords(dynamodb, () => variable('repairTable')),
    hash: sha256,
    now,
  });
  const enter = writeRole(config);
  const patience = patienceOf(config.fixes?.patienceSeconds ?? 60, async (milliseconds) => {
    await sleep(milliseconds);
  });
  return {
    store,
    guards: {
      fixes: config.fixes,
      breakGlass: config.access.breakGlass,
      ownRoles: ownRolesOf(config),
      findingStatus: async (account, fingerprint) => {
        const stored = await findings.findingsOf({ kind: 'account', account });
        return stored.find(({ finding }) => finding.fingerprint === fingerprint)?.finding.status ?? null;
      },
      tagsOf: liveTags(enter),
      clusterRefusal: configuredClusters(config.fixes ?? { kubernetes: [] }),
      now,
    },
    world: (plan) =>
      worldOf({
        plan,
        enter,
        hash: sha256,
        patience: patienceOf(UNDER_WAY_SECONDS, patience.sleep),
        annotates: config.fixes?.kubernetes.some(({ annotations }) => annotations) === true,
        ...(kubernetes !== undefined && { kubernetes }),
      }),
    sleep: patience.sleep,
    topic: snsTopic(new SNSClient(), () => variable('topicArn')),
    telemetry: logTelemetry,
  };
}

/** The write role of each account, with a session that may do what one change needs. */
function writeRole({ fixes, deployment }: Config): Enter {
  const configure = clientConfigs({ readRole: deployment.readRole.name });
  const clients = createClients();
  const from: RoleClients = {
    configure: (region) => configure(null, region),
    sts: () => clients('sts', null, null),
    region: async () => clients('sts', null, null).config.region(),
  };
  const { externalId } = deployment.readRole;
  return throughWriteRole(
    {
      name: fixes?.writeRole ?? '',
      session: 'podtrust-fix',
      ...(externalId !== undefined && { externalId }),
    },
    from,
  );
}
