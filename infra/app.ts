import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { hubConfig } from './hub-config.ts';
import { HubStack } from './hub-stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
new HubStack(app, 'PodtrustHub', {
  description: 'podtrust: judges an EKS identity again whenever it changes',
  ...(account !== undefined && region !== undefined && { env: { account, region } }),
  hub: hubConfig(app),
});
app.synth();
