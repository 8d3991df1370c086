import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Template {
  Resources: Record<string, { readonly Type: string }>;
}

/**
 * What the emulator refuses a whole template for: its CloudFormation has no resource policies of buses. By its API the
 * policy could not be put either: ministack's PutPermission leaves `Policy` aside and makes up a statement of its own, and
 * PutEvents asks none. Who may put events is asserted of the template, therefore (test/infra/hub-stack.test.ts).
 */
const REFUSED = 'AWS::Events::EventBusPolicy';

/** Takes out of the synthesized templates of a folder what the emulator refuses; returns what was taken out. */
export async function adaptTemplates(folder: string): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.template.json')) continue;
    const path = join(folder, file);
    const template: Template = JSON.parse(await readFile(path, 'utf8'));
    for (const [id, { Type }] of Object.entries(template.Resources)) {
      if (Type !== REFUSED) continue;
      delete template.Resources[id];
      taken.push(`${file}: ${id}`);
    }
    await writeFile(path, JSON.stringify(template));
  }
  return taken;
}
