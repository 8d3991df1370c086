import { writeFile } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { type Deployed, deploy } from './deployment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The deployment that all tests share. */
    readonly deployed: Deployed;
  }
}

/** Deploys once for all files. What the emulator printed is kept in the file that PODTRUST_E2E_LOG names, if it does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await deploy({ batchSeconds: 0 });
  project.provide('deployed', running.deployed);
  return async () => {
    const log = process.env['PODTRUST_E2E_LOG'];
    if (log !== undefined) await writeFile(log, running.emulator.output());
    await running.close();
  };
}
