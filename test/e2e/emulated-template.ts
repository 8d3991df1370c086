import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Template {
  Resources: Record<string, { Type: string; Properties?: Readonly<Record<string, unknown>> }>;
}

/**
 * Resources for which the emulator refuses a whole template: resource policies of buses (it lets anybody put events), and
 * alarms on expressions (it evaluates none).
 */
function isRefused({ Type, Properties = {} }: Template['Resources'][string]): boolean {
  return (
    Type === 'AWS::Events::EventBusPolicy' ||
    (Type === 'AWS::CloudWatch::Alarm' && Properties['Metrics'] !== undefined)
  );
}

/** Takes out of the synthesized templates of a folder what the emulator refuses; returns what was taken out. */
export async function adaptTemplates(folder: string): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.template.json')) continue;
    const path = join(folder, file);
    const template: Template = JSON.parse(await readFile(path, 'utf8'));
    for (const [id, resource] of Object.entries(template.Resources)) {
      if (!isRefused(resource)) continue;
      delete template.Resources[id];
      taken.push(`${file}: ${id}`);
    }
    await writeFile(path, JSON.stringify(template));
  }
  return taken;
}
