import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import { type RoleClients, throughWriteRole } from '../aws/changes/enter.ts';
import { type Enter, type WorldOptions, worldOf } from '../aws/changes/world.ts';
import { clientConfigs } from '../aws/clients.ts';
import { dynamodbStore } from '../aws/findings/dynamodb-store.ts';
import { liveTags } from '../aws/repairs/live-tags.ts';
import { configuredClusters } from '../changes/guards/cluster-writes.ts';
import type { Config } from '../config/config.ts';
import { type ApplyPorts, patienceOf } from '../pipeline/repair/apply.ts';
import { variable } from './environment.ts';
import { sha256 } from './hash.ts';
import { deployedRecords, ownRolesOf } from './repair-records.ts';

const now = () => new Date();

/** How long add-ons and clusters are waited for: twice that fits into the time of a function, for the way back. */
const UNDER_WAY_SECONDS = 360;

/**
 * What the functions that repair are wired with in the hub. Makes no call by itself. `kubernetes`: how the clusters are
 * written that the configuration chose; absent in functions that write none.
 */
export function deployedRepair(config: Config, kubernetes?: WorldOptions['kubernetes']): ApplyPorts {
  const dynamodb = new DynamoDBClient();
  const findings = dynamodbStore(dynamodb, () => variable('tableName'));
  const enter = writeRole(config);
  const patience = patienceOf(config.fixes?.patienceSeconds ?? 60, async (milliseconds) => {
    await sleep(milliseconds);
  });
  return {
    ...deployedRecords(dynamodb),
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
  };
}

/** The write role of each account, with a session that may do what one change needs. */
function writeRole({ fixes, deployment }: Config): Enter {
  const configure = clientConfigs({ readRole: deployment.readRole.name });
  let known: STSClient | undefined;
  const sts = (): STSClient => {
    known ??= new STSClient(configure(null, null));
    return known;
  };
  const from: RoleClients = {
    configure: (region) => configure(null, region),
    sts,
    region: async () => sts().config.region(),
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
