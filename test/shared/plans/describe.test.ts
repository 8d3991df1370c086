import { describe, expect, it } from 'vitest';
import { planMarkdown } from '../../../shared/plans/describe/markdown.ts';
import { planText } from '../../../shared/plans/describe/text.ts';
import { planOf, trustChange } from '../../support/plans.ts';

const same = (text: string): string => text;

describe('a plan that is shown', () => {
  it('names the findings that it answers', () => {
    const plan = planOf({
      changes: [trustChange()],
      answers: [{ fingerprint: 'f00', rule: 'no-unused-trust' }],
    });
    expect(planText(plan, 'd', same)).toContain('  answers no-unused-trust f00\n');
    expect(planMarkdown(plan, 'd')).toContain('Answers no-unused-trust `f00`. Risk:');
  });

  it('says that it answers none where somebody asks for it: a grant, a step of a migration, the way back', () => {
    const plan = planOf({ changes: [trustChange()], answers: [] });
    expect(planText(plan, 'd', same)).toContain('  answers no finding, but who asks for it\n');
    expect(planMarkdown(plan, 'd')).toContain('Answers no finding, but who asks for it. Risk:');
  });
});
