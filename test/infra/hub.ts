import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { hubSettings } from '../../infra/hub-config.ts';
import { HubStack } from '../../infra/hub-stack.ts';
import { configSchema } from '../../shared/config/config.ts';

/** The hub synthesized with a `deployment` of the configuration, without bundling its functions. */
export function hub(deployment: object = {}, more: object = {}): { stack: Stack; template: Template } {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const config = configSchema.parse({ deployment, ...more });
  const stack = new HubStack(app, 'PodtrustHub', { hub: { config, deployment: config.deployment } });
  return { stack, template: Template.fromStack(stack) };
}

/** What the context of a deployment makes of the configuration. */
export function settingsWith(context: Readonly<Record<string, string>>) {
  return hubSettings(new App({ context }));
}
