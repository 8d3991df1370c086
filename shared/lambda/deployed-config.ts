import { gunzipSync, gzipSync } from 'node:zlib';
import { type Config, defaultConfig } from '../config/config.ts';
import { parseConfig } from '../config/parse-config.ts';

/** What bundling puts in the place of `process.env.PODTRUST_CONFIG`: letters that no shell reads, however long the file. */
export function bakedConfig(config: Config): string {
  return gzipSync(JSON.stringify(config), { level: 9 }).toString('base64');
}

/** The configuration that the stack was deployed with; the default one elsewhere. Throws InvalidConfigError. */
export function deployedConfig(baked = process.env['PODTRUST_CONFIG']): Config {
  return baked === undefined
    ? defaultConfig
    : parseConfig(gunzipSync(Buffer.from(baked, 'base64')).toString('utf8'));
}
