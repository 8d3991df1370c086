import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { hubConfig } from '../../infra/hub-config.ts';
import { HubStack } from '../../infra/hub-stack.ts';

/** The hub synthesized with some context, without bundling its functions. */
export function hub(context: Readonly<Record<string, string>> = {}): { stack: Stack; template: Template } {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new HubStack(app, 'PodtrustHub', { hub: hubConfig(app) });
  return { stack, template: Template.fromStack(stack) };
}
