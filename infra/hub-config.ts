import { existsSync, readFileSync } from 'node:fs';
import type { App } from 'aws-cdk-lib';
import type * as z from 'zod';
import { type Config, configSchema } from '../shared/config/config.ts';
import { type Deployment, deploymentSchema } from '../shared/config/deployment.ts';
import { parseConfig } from '../shared/config/parse-config.ts';

/** What differs between two deployments of the hub. */
export interface HubSettings {
  readonly deployment: Deployment;
  /** The whole configuration: evaluate goes by its bindings, environments and expectations. */
  readonly config: Config;
}

/** The configuration file cannot be read, or the deployment's context is not what the hub takes. */
export class HubConfigError extends Error {
  override readonly name = 'HubConfigError';
}

const FILE = 'podtrust.config.json';

/** Context that replaces a part of the configuration for once: `-c batchSeconds=0`. */
const overrides = {
  extraSources: (text: string) => ({
    extraSources: text
      .split(',')
      .map((source) => source.trim())
      .filter((source) => source !== ''),
  }),
  batchSeconds: (text: string) => ({ batchSeconds: Number(text) }),
} as const;

/**
 * Reads `podtrust.config.json` of the working folder, or the file of `-c config=FILE`; without one every part has its
 * default. Throws InvalidConfigError and HubConfigError.
 */
export function hubSettings({ node }: App): HubSettings {
  const named: unknown = node.tryGetContext('config');
  const config = parseConfig(textOf(named === undefined ? undefined : String(named)));
  const replaced = Object.entries(overrides).map(([name, read]) => {
    const text: unknown = node.tryGetContext(name);
    return text === undefined ? {} : read(String(text));
  });
  const parsed = deploymentSchema.safeParse(Object.assign({}, config.deployment, ...replaced));
  if (!parsed.success) throw new HubConfigError(problem(parsed.error));
  return { deployment: parsed.data, config: configSchema.parse({ ...config, deployment: parsed.data }) };
}

function problem({ issues: [issue] }: z.ZodError): string {
  return `Context "${issue?.path.join('.')}": ${issue?.message}. Give it with -c NAME=VALUE, or in ${FILE}.`;
}

function textOf(named: string | undefined): string {
  if (named === undefined && !existsSync(FILE)) return '{}';
  const file = named ?? FILE;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HubConfigError(`${file} cannot be read: name another with -c config=FILE.`, { cause });
  }
}
