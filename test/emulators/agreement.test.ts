import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMinistack } from '../../scripts/emulators/ministack.ts';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { type Answer, runScript } from './answer.ts';
import { type Backend, httpBackend, simulatorBackend } from './backend.ts';
import * as eks from './scripts/eks.ts';
import * as iam from './scripts/iam.ts';
import type { Script } from './step.ts';
import { missingOf, type Row, rowsOf, tableOf } from './table.ts';

const SCRIPTS: readonly Script[] = [...Object.values(iam), ...Object.values(eks)];
const EMULATORS = ['moto', 'ministack'] as const;
const RESET = { moto: '/moto-api/reset', ministack: '/_ministack/reset' };
const GUIDE = new URL('../../docs/simulator.md', import.meta.url);
const SECTION = /(<!-- differences -->\n)[\s\S]*(\n<!-- \/differences -->)/;

describe('the simulator agrees with third-party emulators', () => {
  const servers: EmulatorServer[] = [];
  const answers = new Map<string, Answer[]>();
  const simulator = simulatorBackend();
  const emulators: Backend[] = [];

  beforeAll(async () => {
    servers.push(...(await Promise.all([startMoto(), startMinistack()])));
    for (const [index, name] of EMULATORS.entries()) {
      emulators.push(httpBackend(name, servers[index]?.endpoint ?? '', RESET[name]));
    }
    for (const backend of [simulator, ...emulators]) {
      for (const script of SCRIPTS)
        answers.set(`${backend.name} ${script.name}`, await runScript(backend, script));
    }
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });

  const answersOf = (name: string, script: Script): Answer[] => answers.get(`${name} ${script.name}`) ?? [];
  const rows = (name: string, script: Script): Row[] =>
    rowsOf(script, name, answersOf('simulator', script), answersOf(name, script));

  it.each(SCRIPTS)('has every operation of the script "$name"', (script) => {
    expect(missingOf(script, answersOf('simulator', script))).toEqual([]);
  });

  it.each(EMULATORS.flatMap((name) => SCRIPTS.map((script) => [name, script.name, script] as const)))(
    '%s, %s: every answer is the same, or the reason is known',
    (name, _, script) => {
      const unexplained = rows(name, script).filter(({ why }) => why === null);
      expect(
        unexplained.map(({ step, field, ours, theirs }) => `${step.operation} ${field}: ${ours} / ${theirs}`),
      ).toEqual([]);
    },
  );

  it.each(EMULATORS)('%s has most of the operations, so that something was compared', (name) => {
    const compared = SCRIPTS.flatMap((script) =>
      answersOf(name, script).filter(({ kind }) => kind !== 'not-implemented'),
    );
    expect(compared.length).toBeGreaterThan(75);
  });

  it('the guide lists what is different, and what the emulators lack', async () => {
    const table = tableOf(EMULATORS.flatMap((name) => SCRIPTS.flatMap((script) => rows(name, script))));
    const lacking = EMULATORS.map((name) => {
      const missing = new Set(SCRIPTS.flatMap((script) => missingOf(script, answersOf(name, script))));
      return `Not compared, because ${name} does not have it: ${[...missing]
        .sort()
        .map((one) => `\`${one}\``)
        .join(', ')}.`;
    });
    const guide = readFileSync(GUIDE, 'utf8');
    expect(guide).toMatch(SECTION);
    const generated = guide.replace(SECTION, (_, before: string, after: string) =>
      [before, table, '\n\n', lacking.join('\n\n'), after].join(''),
    );
    await expect(generated).toMatchFileSnapshot('../../docs/simulator.md');
  });
});
