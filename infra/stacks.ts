import { type App, BootstraplessSynthesizer, type IStackSynthesizer, type Stack } from 'aws-cdk-lib';
import { partitionOfRegion } from '../shared/aws/partitions.ts';
import type { HubSettings } from './hub-config.ts';
import { BUS_NAME, HubStack } from './hub-stack.ts';
import { MemberStack } from './member-stack.ts';
import { ReadRoleStack } from './read-role-stack.ts';
import { WriteRoleStack } from './write-role-stack.ts';

const sessionsOf = ({ deployment }: HubSettings) => ({
  failed: deployment.sessions.failed,
  successes: deployment.sessions.successful.length > 0,
  accessDenied: deployment.sessions.accessDenied !== false,
});

/**
 * What is deployed into the hub's account: the hub, and the rules of the region in which IAM's events arrive, when that
 * is not the hub's own.
 */
export function deployHub(
  app: App,
  hub: HubSettings,
  account: string | undefined,
  caller: string | undefined,
): { readonly hub: HubStack; readonly iamRegion?: MemberStack } {
  const region = hub.deployment.region ?? caller;
  const stack = new HubStack(app, 'PodtrustHub', {
    description: 'podtrust: judges an EKS identity again whenever it changes',
    ...(account !== undefined && region !== undefined && { env: { account, region } }),
    hub,
  });
  if (account === undefined || region === undefined) return { hub: stack };
  const { iamRegion, name: partition } = partitionOfRegion(region);
  if (iamRegion === region) return { hub: stack };
  const forward = new MemberStack(app, 'PodtrustHubIamRegion', {
    description: "podtrust: sends IAM's events to the hub's region",
    env: { account, region: iamRegion },
    busArn: `arn:${partition}:events:${region}:${account}:event-bus/${BUS_NAME}`,
    sessions: sessionsOf(hub),
  });
  return { hub: stack, iamRegion: forward };
}

/** The templates for other accounts: without assets and without bootstrap, ready for a StackSet. */
export function memberTemplates(app: App, hub: HubSettings): readonly Stack[] {
  // aws-cdk-lib is not written for exactOptionalPropertyTypes: its own class does not fit its interface.
  const synthesizer = () => new BootstraplessSynthesizer() as IStackSynthesizer;
  return [
    new MemberStack(app, 'PodtrustMember', {
      description: "podtrust: sends a region's events of EKS identities to the hub",
      synthesizer: synthesizer(),
      sessions: sessionsOf(hub),
    }),
    new ReadRoleStack(app, 'PodtrustReadRole', {
      description: 'podtrust: lets the hub read this account',
      synthesizer: synthesizer(),
      roleName: hub.deployment.readRole.name,
      kubernetes: hub.deployment.kubernetes !== undefined,
    }),
    ...writeRole(app, hub, synthesizer()),
  ];
}

/** Only where the configuration speaks of fixes: without it there is no role that could write. */
function writeRole(app: App, { config, deployment }: HubSettings, synthesizer: IStackSynthesizer): Stack[] {
  if (config.fixes === undefined) return [];
  return [
    new WriteRoleStack(app, 'PodtrustWriteRole', {
      description: 'podtrust: lets the hub repair this account',
      synthesizer,
      roleName: config.fixes.writeRole,
      readRoleName: deployment.readRole.name,
      breakGlass: config.access.breakGlass,
    }),
  ];
}
