import { join } from 'node:path';
import type { Construct } from 'constructs';
import { permissions as applyPermissions } from '../../functions/apply/permissions.ts';
import { permissions as applyWaiversPermissions } from '../../functions/apply-waivers/permissions.ts';
import { permissions as assemblePermissions } from '../../functions/assemble/permissions.ts';
import { permissions as beginPermissions } from '../../functions/begin/permissions.ts';
import { permissions as canaryPermissions } from '../../functions/canary/permissions.ts';
import { permissions as collectPermissions } from '../../functions/collect/permissions.ts';
import { permissions as collectAccountPermissions } from '../../functions/collect-account/permissions.ts';
import { permissions as collectRegionPermissions } from '../../functions/collect-region/permissions.ts';
import { permissions as decidePermissions } from '../../functions/decide/permissions.ts';
import { permissions as evaluatePermissions } from '../../functions/evaluate/permissions.ts';
import { permissions as expirePermissions } from '../../functions/expire/permissions.ts';
import { permissions as joinPermissions } from '../../functions/join/permissions.ts';
import { permissions as judgeAccountPermissions } from '../../functions/judge-account/permissions.ts';
import { permissions as listAccountsPermissions } from '../../functions/list-accounts/permissions.ts';
import { permissions as notifyPermissions } from '../../functions/notify/permissions.ts';
import { permissions as observePermissions } from '../../functions/observe-sessions/permissions.ts';
import { permissions as paceScanPermissions } from '../../functions/pace-scan/permissions.ts';
import { permissions as planPermissions } from '../../functions/plan/permissions.ts';
import { permissions as reportPermissions } from '../../functions/report/permissions.ts';
import { permissions as requestApprovalPermissions } from '../../functions/request-approval/permissions.ts';
import { permissions as resolveScopePermissions } from '../../functions/resolve-scope/permissions.ts';
import { permissions as rollBackPermissions } from '../../functions/roll-back/permissions.ts';
import { permissions as securityHubPermissions } from '../../functions/security-hub/permissions.ts';
import { permissions as settlePermissions } from '../../functions/settle/permissions.ts';
import { permissions as stopPermissions } from '../../functions/stop/permissions.ts';
import { permissions as sweepPermissions } from '../../functions/sweep/permissions.ts';
import { permissions as triagePermissions } from '../../functions/triage/permissions.ts';
import { permissions as verifyPermissions } from '../../functions/verify/permissions.ts';
import { secondOpinionPermissions } from '../../shared/aws/changes/second-opinion.ts';
import { clusterReaderPermissions } from '../../shared/aws/pipeline/collector.ts';
import { owedPermissions } from '../../shared/aws/pipeline/owed-table.ts';
import { securityHubPermissions as importPermissions } from '../../shared/aws/pipeline/security-hub.ts';
import { chatTopicPermissions } from '../../shared/aws/pipeline/topic.ts';
import { remediationPermissions } from '../../shared/aws/repairs/remediations.ts';
import { VARIABLES, type Variable } from '../../shared/lambda/environment.ts';
import { PAGE_FOLDER } from '../../shared/lambda/page-assets.ts';
import type { Permission } from '../../shared/lambda/permissions.ts';
import type { HubSettings } from '../hub-config.ts';
import { grant, type Targets } from '../permissions.ts';
import { bakedInto, isReader, vpcOf } from './cluster-functions.ts';
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
  /** It enters them through their write role, too. */
  readonly writesAccounts?: true;
  /** Of the function; given where people call it by its name. */
  readonly functionName?: string;
  /** It has the page of the HTML report beside it. */
  readonly reportPage?: true;
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
    variables: [
      'tableName',
      'bucket',
      'readRole',
      'externalId',
      'sessionAccounts',
      'accessDeniedAccounts',
      'remediateArn',
    ],
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
    variables: ['tableName', 'productArn'],
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
    variables: ['tableName', 'stateMachineArn', 'topicArn', 'productArn'],
    seconds: 240,
  },
  Plan: {
    folder: 'plan',
    permissions: planPermissions,
    variables: ['tableName', 'repairTable', 'bucket', 'topicArn', 'sessionAccounts', 'accessDeniedAccounts'],
    seconds: 600,
    megabytes: 1769,
    writesAccounts: true,
    configured: true,
  },
  RequestApproval: {
    folder: 'request-approval',
    permissions: requestApprovalPermissions,
    variables: ['tableName', 'repairTable', 'topicArn'],
    seconds: 60,
    configured: true,
  },
  Decide: {
    folder: 'decide',
    permissions: decidePermissions,
    variables: ['tableName', 'repairTable'],
    seconds: 60,
    configured: true,
    functionName: 'podtrust-decide',
  },
  Apply: {
    folder: 'apply',
    permissions: applyPermissions,
    variables: ['tableName', 'repairTable', 'topicArn'],
    seconds: 840,
    megabytes: 512,
    writesAccounts: true,
    configured: true,
  },
  Verify: {
    folder: 'verify',
    permissions: verifyPermissions,
    variables: [
      'tableName',
      'repairTable',
      'bucket',
      'topicArn',
      'readRole',
      'externalId',
      'sessionAccounts',
      'accessDeniedAccounts',
    ],
    seconds: 840,
    megabytes: 1769,
    entersAccounts: true,
    writesAccounts: true,
    configured: true,
  },
  RollBack: {
    folder: 'roll-back',
    permissions: rollBackPermissions,
    variables: ['tableName', 'repairTable', 'topicArn'],
    seconds: 840,
    megabytes: 512,
    writesAccounts: true,
    configured: true,
  },
  Expire: {
    folder: 'expire',
    permissions: expirePermissions,
    variables: ['tableName', 'repairTable'],
    seconds: 60,
    configured: true,
  },
  Stop: {
    folder: 'stop',
    permissions: stopPermissions,
    variables: ['tableName', 'repairTable', 'topicArn'],
    seconds: 60,
    configured: true,
  },
  ListAccounts: {
    folder: 'list-accounts',
    permissions: listAccountsPermissions,
    variables: ['bucket'],
    seconds: 840,
    megabytes: 512,
    configured: true,
  },
  CollectAccount: {
    folder: 'collect-account',
    permissions: collectAccountPermissions,
    variables: ['bucket', 'readRole', 'externalId'],
    seconds: 600,
    megabytes: 1024,
    entersAccounts: true,
  },
  CollectRegion: {
    folder: 'collect-region',
    permissions: collectRegionPermissions,
    variables: ['bucket', 'readRole', 'externalId'],
    seconds: 840,
    megabytes: 1024,
    entersAccounts: true,
  },
  PaceScan: {
    folder: 'pace-scan',
    permissions: paceScanPermissions,
    variables: ['bucket'],
    seconds: 20,
  },
  Assemble: {
    folder: 'assemble',
    permissions: assemblePermissions,
    variables: ['tableName', 'bucket'],
    seconds: 240,
    megabytes: 1024,
    configured: true,
  },
  Join: {
    folder: 'join',
    permissions: joinPermissions,
    variables: ['bucket'],
    seconds: 840,
    megabytes: 1769,
  },
  JudgeAccount: {
    folder: 'judge-account',
    permissions: judgeAccountPermissions,
    variables: [
      'tableName',
      'bucket',
      'readRole',
      'externalId',
      'sessionAccounts',
      'accessDeniedAccounts',
      'stateMachineArn',
    ],
    seconds: 840,
    megabytes: 1769,
    entersAccounts: true,
    configured: true,
  },
  Report: {
    folder: 'report',
    permissions: reportPermissions,
    variables: ['tableName', 'bucket', 'topicArn'],
    seconds: 840,
    megabytes: 1769,
    reportPage: true,
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

/** Names of the roles that write to member accounts: what a member's write role trusts. */
export const WRITING_ROLES: readonly string[] = Object.values(SPECS)
  .filter((spec) => 'writesAccounts' in spec)
  .map(({ folder }) => roleNameOf(folder));

function roleNameOf(folder: string): string {
  return `podtrust-${folder}`;
}

/** Builds the page of the HTML report into a function's folder, where its handler looks for it. */
const builtPage = (folder: string): readonly string[] => [
  `"${process.execPath}" "${join(import.meta.dirname, '../../scripts/report-page.ts')}" "${join(folder, PAGE_FOLDER)}"`,
];

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
    const vpc = vpcOf(name, config);
    const made = new PipelineFunction(scope, name, {
      folder: spec.folder,
      timeoutSeconds: spec.seconds,
      ...(spec.megabytes !== undefined && { memoryMegabytes: spec.megabytes }),
      ...(vpc !== undefined && { vpc }),
      ...((spec.entersAccounts === true || spec.writesAccounts === true) && {
        roleName: roleNameOf(spec.folder),
      }),
      ...(spec.functionName !== undefined && { functionName: spec.functionName }),
      ...(spec.reportPage === true && { files: builtPage }),
      define: bakedInto(name, spec.configured === true, config),
      environment: Object.fromEntries(
        spec.variables.flatMap((variable) => {
          const value = values[variable];
          return value === undefined ? [] : [[VARIABLES[variable], value]];
        }),
      ),
    });
    grant(made, [...spec.permissions, ...wanted(name, config, targets)], targets);
    return made;
  };
}

/** What a function may do besides, where the settings want it. */
function wanted(name: FunctionName, config: HubSettings['config'], targets: Targets): readonly Permission[] {
  const { deployment, fixes } = config;
  const chats = name === 'Notify' && targets.chatTopic !== undefined;
  const imports = name === 'Sweep' && deployment.notifications.securityHub;
  const reads = isReader(name) && deployment.kubernetes !== undefined;
  const repairs = name === 'Evaluate' && targets.remediateMachine !== undefined;
  const asks = name === 'Plan' && fixes?.accessAnalyzer === true;
  return [
    ...(chats ? chatTopicPermissions : []),
    ...(imports ? [...importPermissions, ...owedPermissions] : []),
    ...(reads ? clusterReaderPermissions : []),
    ...(repairs ? remediationPermissions : []),
    ...(asks ? secondOpinionPermissions : []),
  ];
}
