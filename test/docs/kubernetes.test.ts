import { expect, it } from 'vitest';
import { kubernetesGuide } from '../../scripts/docs/kubernetes-guide.ts';
import { readManifestFile } from '../../shared/kubernetes/access/read-manifest.ts';
import { annotateManifestFile, writeManifestFile } from '../../shared/kubernetes/access/write-manifest.ts';

it.each([
  ['docs/kubernetes.md', kubernetesGuide],
  ['docs/kubernetes/podtrust-read.yaml', readManifestFile],
  ['docs/kubernetes/podtrust-write.yaml', writeManifestFile],
  ['docs/kubernetes/podtrust-annotate.yaml', annotateManifestFile],
])('%s says what the code does', async (file, generate) => {
  await expect(generate()).toMatchFileSnapshot(`../../${file}`);
});
