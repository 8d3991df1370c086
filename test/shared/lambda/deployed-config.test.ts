import { expect, it } from 'vitest';
import { configSchema, defaultConfig } from '../../../shared/config/config.ts';
import { InvalidConfigError } from '../../../shared/config/parse-config.ts';
import { bakedConfig, deployedConfig } from '../../../shared/lambda/deployed-config.ts';

it('what is baked into a bundle is what was configured, in letters that no shell reads', () => {
  const config = configSchema.parse({
    environments: { tag: 'stage', clusters: { '$(id)`"\\': 'production' } },
  });
  const baked = bakedConfig(config);
  expect(baked).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(deployedConfig(baked)).toEqual(config);
});

it('without anything baked in it is the default', () => {
  expect(deployedConfig(undefined)).toEqual(defaultConfig);
});

it('what is no configuration is refused when the function loads', () => {
  const baked = bakedConfig({ ...defaultConfig, unknown: 1 } as never);
  expect(() => deployedConfig(baked)).toThrow(InvalidConfigError);
});
