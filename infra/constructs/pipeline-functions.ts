import type { Construct } from 'constructs';
import { permissions as applyWaiversPermissions } from '../../functions/apply-waivers/permissions.ts';
import { permissions as beginPermissions } from '../../functions/begin/permissions.ts';
import { permissions as canaryPermissions } from '../../functions/canary/permissions.ts';
import { permissions as collectPermissions } from '../../functions/collect/permissions.ts';
import { permissions as evaluatePermissions } from '../../functions/evaluate/permissions.ts';
import { permissions as notifyPermissions } from '../../functions/notify/permissions.ts';
import { permissions as observePermissions } from '../../functions/observe-sessions/permissions.ts';
import { permissions as resolveScopePermissions } from '../../functions/resolve-scope/permissions.ts';
import { permissions as securityHubPermissions } from '../../functions/security-hub/permissions.ts';
import { permissions as settlePermissions } from '../../functions/settle/permissions.ts';
import { permissions as sweepPermissions } from '../../functions/sweep/permissions.ts';
import { permissions as triagePermissions } from '../../functions/triage/permissions.ts';
import { clusterReaderPermissions } from '../../shared/aws/pipeline/collector.ts';
import { chatTopicPermissions } from '../../shared/aws/pipeline/topic.ts';
import { bakedClusters } from '../../shared/kube/deployed-reader.ts';
import { bakedConfig } from '../../shared/lambda/deployed-config.ts';
import { VARIABLES, type Variable } from '../../shared/lambda/environment.ts';
import type { Permission } from '../../shared/lambda/permissions.ts';
import type { HubSettings } from '../hub-config.ts';
import { grant, type Targets } from '../permissions.ts';
import { PipelineFunction } from './pipeline-function.ts';

/** One Lambda of the pipeline: what it may do, what it is told, and how large it is. */
interface Spec {
  readonly folder: string;
  readonly permissions: readonly Permission[];
  readonly variables: readonly Variable[];
  readonly seconds: number;
  readonly megabytes?: number;
  /** It enters member accounts, which know it by the name of its role. */
  readonly entersAccounts?: true;
  /** It reads podtrust.config.json, which is built into it. */
  readonly configured?: true;
}

/** Seconds that triage and observe-sessions may take: their queues hide messages for six times as long. */
export const TRIAGE_SECONDS = 60;

const SPECS = {
  Begin: {
    folder: 'begin',
    permissions: beginPermissions,
    variables: ['tableName', 'bucket', 'readRole', 'externalId'],
    seconds: 30,
    entersAccounts: true,
  },
  Collect: {
    folder: 'collect',
    permissions: collectPermissions,
    variables: ['tableName', 'bucket', 'readRole', 'externalId'],
    seconds: 600,
    megabytes: 1024,
    entersAccounts: true,
  },
  ResolveScope: {
    folder: 'resolve-scope',
    permissions: resolveScopePermissions,
    variables: ['tableName', 'bucket'],
    seconds: 60,
    megabytes: 1024,
  },
  Evaluate: {
    folder: 'evaluate',
    permissions: evaluatePermissions,
    variables: ['tableName', 'bucket', 'readRole', 'externalId', 'sessionAccounts', 'accessDeniedAccounts'],
    seconds: 600,
    megabytes: 1769,
    entersAccounts: true,
    configured: true,
  },
  Settle: {
    folder: 'settle',
    permissions: settlePermissions,
    variables: ['tableName', 'stateMachineArn'],
    seconds: 30,
  },
  Triage: {
    folder: 'triage',
    permissions: triagePermissions,
    variables: ['tableName', 'stateMachineArn'],
    seconds: TRIAGE_SECONDS,
  },
  ObserveSessions: {
    folder: 'observe-sessions',
    permissions: observePermissions,
    variables: ['tableName', 'stateMachineArn', 'sessionAccounts', 'accessDeniedAccounts'],
    seconds: TRIAGE_SECONDS,
  },
  Notify: {
    folder: 'notify',
    permissions: notifyPermissions,
    variables: ['tableName', 'topicArn', 'chatTopicArn'],
    seconds: 60,
  },
  SecurityHub: {
    folder: 'security-hub',
    permissions: securityHubPermissions,
    variables: ['productArn'],
    seconds: 60,
  },
  ApplyWaivers: {
    folder: 'apply-waivers',
    permissions: applyWaiversPermissions,
    variables: ['tableName'],
    seconds: 240,
    configured: true,
  },
  Sweep: {
    folder: 'sweep',
    permissions: sweepPermissions,
    variables: ['tableName', 'stateMachineArn', 'topicArn'],
    seconds: 240,
  },
  Canary: {
    folder: 'canary',
    permissions: canaryPermissions,
    variables: ['bus'],
    seconds: 30,
  },
} as const satisfies Record<string, Spec>;

export type FunctionName = keyof typeof SPECS;

/** Names of the roles that enter member accounts: what a member's read role trusts. */
export const ENTERING_ROLES: readonly string[] = Object.values(SPECS)
  .filter((spec) => 'entersAccounts' in spec)
  .map(({ folder }) => roleNameOf(folder));

function roleNameOf(folder: string): string {
  return `podtrust-${folder}`;
}

/** Values of the variables; one that is undefined is not set. */
export type Values = Readonly<Record<Variable, string | undefined>>;

/** Makes functions of the pipeline, each with the variables that it reads and the permissions that its code declares. */
export function pipelineFunctions(
  scope: Construct,
  values: Values,
  { config }: HubSettings,
  targets: Targets,
) {
  return (name: FunctionName): PipelineFunction => {
    const spec: Spec = SPECS[name];
    const made = new PipelineFunction(scope, name, {
      folder: spec.folder,
      timeoutSeconds: spec.seconds,
      ...(spec.megabytes !== undefined && { memoryMegabytes: spec.megabytes }),
      ...(spec.entersAccounts === true && { roleName: roleNameOf(spec.folder) }),
      ...(name === 'Collect' && collectOf(config)),
      ...(spec.configured === true && {
        define: { 'process.env.PODTRUST_CONFIG': JSON.stringify(bakedConfig(config)) },
      }),
      environment: Object.fromEntries(
        spec.variables.flatMap((variable) => {
          const value = values[variable];
          return value === undefined ? [] : [[VARIABLES[variable], value]];
        }),
      ),
    });
    const chats = name === 'Notify' && targets.chatTopic !== undefined;
    const reads = name === 'Collect' && config.deployment.kubernetes !== undefined;
    const more = [...(chats ? chatTopicPermissions : []), ...(reads ? clusterReaderPermissions : [])];
    grant(made, [...spec.permissions, ...more], targets);
    return made;
  };
}

/** The clusters that collect reads, baked into its bundle, and the VPC that it is in; `undefined` bakes none. */
function collectOf({ deployment: { kubernetes } }: HubSettings['config']) {
  const clusters =
    kubernetes === undefined ? 'undefined' : JSON.stringify(bakedClusters(kubernetes.clusters));
  return {
    define: { 'process.env.PODTRUST_KUBERNETES': clusters },
    ...(kubernetes?.vpc !== undefined && { vpc: kubernetes.vpc }),
  };
}
