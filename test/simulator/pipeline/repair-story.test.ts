import { beforeAll, describe, expect, it } from 'vitest';
import { type RepairChapter, runRepairStory } from '../../../simulator/pipeline/repair-story.ts';
import { organizationWithCluster } from '../../support/simulated-cluster.ts';

describe('the story of repairs', () => {
  let chapters: readonly RepairChapter[] = [];
  const lines = (start: string): string =>
    chapters.find(({ title }) => title.startsWith(start))?.lines.join('\n') ?? '';

  beforeAll(async () => {
    const { simulation } = await organizationWithCluster();
    chapters = await runRepairStory(simulation, () => {});
  });

  it('a slip is found from its event, and a plan waits for approval', () => {
    expect(lines('alice edits')).toMatch(/podtrust new: .*subject[\s\S]*waits for approval/);
    expect(lines('alice edits')).toContain('shop-invoices trusts system:serviceaccount:shop/invoices');
  });

  it('approved, it is applied, its own event comes back, and the finding resolves', () => {
    expect(lines('bob looks')).toMatch(/repair done[\s\S]*podtrust resolved/);
    expect(lines('bob looks')).toContain(
      'shop-invoices trusts system:serviceaccount:shop:invoices; last in the history: verified',
    );
  });

  it('a plan whose role was edited meanwhile writes nothing', () => {
    expect(lines('the same happens')).toContain('shop-mailer trusts system:serviceaccount:shop:mailer-2');
    expect(lines('the same happens')).toContain('make a new plan');
  });

  it('a plan that somebody changed is refused, whether it is to be approved or to go on', () => {
    expect(lines('somebody changes')).toMatch(/approving: PoisonedPlanError/);
    expect(lines('somebody changes')).toContain('PlanRefused, nothing is written');
    expect(lines('somebody changes')).toContain('shop-ledger trusts system:serviceaccount:shop/ledger');
  });
});
