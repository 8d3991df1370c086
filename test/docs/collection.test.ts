import { expect, it } from 'vitest';
import { permissionsGuide } from '../../scripts/docs/permissions-guide.ts';
import { snapshotGuide, snapshotJsonSchema } from '../../scripts/docs/snapshot-guide.ts';

it.each([
  ['docs/snapshot.md', snapshotGuide],
  ['docs/permissions.md', permissionsGuide],
  ['docs/snapshot.schema.json', () => `${JSON.stringify(snapshotJsonSchema(), null, 2)}\n`],
])('%s says what the code does', async (file, generate) => {
  await expect(generate()).toMatchFileSnapshot(`../../${file}`);
});
