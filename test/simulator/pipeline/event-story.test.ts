import { beforeAll, describe, expect, it } from 'vitest';
import { type Chapter, NoStageError, runEventStory } from '../../../simulator/pipeline/event-story.ts';
import { createSimulation } from '../../../simulator/simulation.ts';
import { ACCOUNT, organizationWithCluster } from '../../support/simulated-cluster.ts';

describe('the story of events', () => {
  let chapters: readonly Chapter[] = [];
  const chapter = (start: string): Chapter => {
    const found = chapters.find(({ title }) => title.startsWith(start));
    if (found === undefined) throw new Error(`no chapter ${start}`);
    return found;
  };
  const told = (start: string) =>
    chapter(start).transitions.map(({ change, finding }) => `${change} ${finding.rule}`);

  beforeAll(async () => {
    const { simulation } = await organizationWithCluster();
    chapters = await runEventStory(simulation, () => {});
  });

  it.each([
    ['alice makes a role', []],
    ['alice edits the trust policy', ['new no-malformed-subject']],
    ['the pods of shop/storefront', []],
    ['alice puts it right', ['resolved no-malformed-subject']],
    ['bob adds a statement', ['new no-public-trust', 'new no-widened-trust']],
    ['bob takes it out', ['resolved no-public-trust', 'resolved no-widened-trust']],
    ['carol gives shop/reports', []],
    ['alice tidies up', ['new no-untrusted-association']],
    ['alice restores', ['resolved no-untrusted-association']],
    ['bob deletes', ['new use-iam-oidc-provider']],
    ['bob makes the provider again', ['resolved use-iam-oidc-provider']],
    ['Terraform tags', []],
    ['CloudTrail delivers everything once more', []],
  ])('%s: what is told', (start, expected) => {
    expect(told(start).sort()).toEqual(expected);
  });

  it('says of everything which change is behind it, and who made it from where', () => {
    for (const { transitions } of chapters)
      for (const { causes } of transitions) expect(causes.length).toBeGreaterThan(0);
    expect(chapter('bob adds a statement').transitions[0]?.causes[0]).toMatchObject({
      eventName: 'UpdateAssumeRolePolicy',
      actor: { session: 'bob@example.com' },
      sourceAddress: '198.51.100.7',
    });
  });

  it('says what the open statement did to who may assume the role', () => {
    expect(chapter('bob adds a statement').transitions[0]?.effect).toMatchObject({ relation: 'widened' });
    expect(chapter('bob takes it out').transitions[0]?.effect).toMatchObject({ relation: 'tightened' });
  });

  it('tells what was wrong before once, and apart', () => {
    expect(chapter('alice makes a role').standing.length).toBeGreaterThan(0);
    const ids = chapters.flatMap(({ standing, transitions }) => [...standing, ...transitions]);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
  });

  it('judges sixty calls of Terraform in one evaluation, and repeats in none', () => {
    expect(chapter('Terraform tags').evaluations).toBe(1);
    expect(chapter('CloudTrail delivers').evaluations).toBe(0);
  });
});

it('the story needs a cluster to play at', async () => {
  const simulation = createSimulation({ now: '2026-11-20T09:00:00Z', accounts: [{ id: ACCOUNT }] });
  await expect(runEventStory(simulation, () => {})).rejects.toThrow(NoStageError);
});
