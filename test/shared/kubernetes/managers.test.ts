import { describe, expect, it } from 'vitest';
import { serviceAccountOf } from '../../../shared/kube/reads/service-accounts.ts';
import { managersOf } from '../../../shared/kubernetes/managers.ts';

describe('who writes a ServiceAccount', () => {
  it.each<[string, Parameters<typeof managersOf>[0], string[] | undefined]>([
    ['nobody', { labels: { app: 'cart' }, annotations: { note: 'x' } }, undefined],
    ['Helm, by its release', { annotations: { 'meta.helm.sh/release-name': 'web' } }, ['helm']],
    ['Helm, by the label in any case', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, ['helm']],
    ['eksctl', { labels: { 'app.kubernetes.io/managed-by': 'eksctl' } }, ['eksctl']],
    ['another, that names itself', { labels: { 'app.kubernetes.io/managed-by': 'toString' } }, ['other']],
    ['Argo CD, by annotation', { annotations: { 'argocd.argoproj.io/tracking-id': 'a:b' } }, ['argocd']],
    ['Argo CD, by label', { labels: { 'argocd.argoproj.io/instance': 'a' } }, ['argocd']],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, ['flux']],
    ['an add-on', { managedFields: [{ manager: 'eks' }, {}] }, ['eks']],
    [
      'Helm within Flux, each once',
      {
        labels: { 'helm.toolkit.fluxcd.io/name': 'a', 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'a' },
      },
      ['helm', 'flux'],
    ],
    ['nobody, by an empty label', { labels: { 'app.kubernetes.io/managed-by': '' } }, undefined],
  ])('%s', (_who, signed, tools) => {
    expect(managersOf(signed)?.map(({ tool }) => tool)).toEqual(tools);
  });

  it('is kept of what is read, bounded and without what looks like a credential', () => {
    const read = (release: string) =>
      serviceAccountOf({
        metadata: { namespace: 'a', name: 'b', annotations: { 'meta.helm.sh/release-name': release } },
      })?.managers?.[0]?.evidence;
    expect(read('web')).toBe('annotation meta.helm.sh/release-name = web');
    expect(read('x'.repeat(999))?.length).toBeLessThanOrEqual(300);
    expect(read('AKIAIOSFODNN7EXAMPLE')).not.toContain('AKIA');
  });
});
