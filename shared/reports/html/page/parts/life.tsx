import type { Cause, FoundCause } from '../../../../findings/cause.ts';
import type { LifeStep } from '../../data.ts';
import { CHANGE_WORDS, timeWords } from '../words.ts';
import { Long, Mono } from './text.tsx';

/** The change behind a finding: who did what, when, and from where; or why it is not known. */
export function CauseFacts({ cause }: { readonly cause: FoundCause }) {
  if (cause.outcome === 'none') return <p>CloudTrail knows no change of it within the last 90 days.</p>;
  if (cause.outcome === 'not-looked-up')
    return (
      <p>
        Not looked up: <Long text={cause.reason} />.
      </p>
    );
  return (
    <>
      <ChangeFacts change={cause.change} />
      {cause.gap !== undefined && (
        <p class="muted">
          A later change may be missing: <Long text={cause.gap} />
        </p>
      )}
    </>
  );
}

function ChangeFacts({ change }: { readonly change: Cause }) {
  const { eventName, service, eventId, time, region, actor, sourceAddress, userAgent } = change;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Event', `${eventName} (${service}, ${region})`],
    ['Who', actor.arn ?? actor.service ?? `an unnamed ${actor.type}`],
    ['Session', actor.session],
    ['When', timeWords(time)],
    ['From', sourceAddress],
    ['With', userAgent],
    ['Event id', eventId],
  ];
  return (
    <dl class="facts">
      {facts.flatMap(([name, value]) =>
        value === undefined
          ? []
          : [
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Mono text={value} />
                </dd>
              </div>,
            ],
      )}
    </dl>
  );
}

/** The steps in the life of a finding, newest first, with what each did to who may assume the role. */
export function Life({ steps }: { readonly steps: readonly LifeStep[] }) {
  return (
    <ol class="life">
      {steps.map(({ change, at, causes, effect }, index) => (
        <li key={`${index} ${at}`}>
          <span class="life-head">
            <strong>{CHANGE_WORDS[change]}</strong> <time dateTime={at}>{timeWords(at)}</time>
          </span>
          {causes.slice(0, 3).map(({ eventId, eventName, actor, sourceAddress }) => (
            <span key={eventId} class="life-cause">
              after <code>{eventName}</code> by{' '}
              <Long text={actor.session ?? actor.arn ?? actor.service ?? `an unnamed ${actor.type}`} />
              {sourceAddress !== undefined && <> from {sourceAddress}</>}
            </span>
          ))}
          {effect?.gained !== undefined && (
            <span class="gained">
              Gets in now: <Long text={effect.gained} />
            </span>
          )}
          {effect?.lost !== undefined && (
            <span class="lost">
              Does not any more: <Long text={effect.lost} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
