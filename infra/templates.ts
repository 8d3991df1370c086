import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { hubSettings } from './hub-config.ts';
import { memberTemplates } from './stacks.ts';

/** Writes the templates for member accounts into `dist/templates`. */
const FOLDER = join('dist', 'templates');

const app = new App({ context: { '@aws-cdk/aws-iam:minimizePolicies': true } });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const stacks = memberTemplates(app, hubSettings(app));
const assembly = app.synth();
mkdirSync(FOLDER, { recursive: true });
for (const { stackName } of stacks) {
  const file = join(FOLDER, `${stackName}.template.json`);
  writeFileSync(file, `${JSON.stringify(assembly.getStackByName(stackName).template, null, 2)}\n`);
  process.stdout.write(`${file}\n`);
}
