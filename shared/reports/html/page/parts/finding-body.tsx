import type { ReportData, ReportFinding } from '../../data.ts';
import { KIND_WORDS } from '../words.ts';
import { ChainSteps } from './chain-steps.tsx';
import { CauseFacts, Life } from './life.tsx';
import { PathsOf } from './paths.tsx';
import { PlaceList } from './place.tsx';
import { PlanParts } from './plan-parts.tsx';
import { Part } from './section.tsx';
import { Long, Mono } from './text.tsx';

interface BodyProps {
  readonly finding: ReportFinding;
  readonly data: ReportData;
  /** Of the headings of its parts. */
  readonly level: 3 | 4;
}

/** Everything that is known of a finding, from what is wrong to where to read on. */
export function FindingBody({ finding, data, level }: BodyProps) {
  const { detail, consequences, remedy, waiver, cause, life, evidence, fingerprint } = finding;
  const chain = finding.chain === undefined ? undefined : data.chains[finding.chain];
  const plan = finding.plan === undefined ? undefined : data.plans[finding.plan];
  const rule = data.rules[finding.rule];
  return (
    <>
      <p class="what">
        <Long text={detail} />
      </p>
      {waiver !== undefined && (
        <Part title="Accepted" level={level}>
          <dl class="facts">
            <Fact name="By" value={waiver.owner} />
            <Fact name="Until" value={`${waiver.expires} (UTC, that day included)`} />
            <Fact name="Because" value={waiver.reason} />
            <Fact name="Ticket" value={waiver.ticket} />
          </dl>
        </Part>
      )}
      <Part title="Where" level={level}>
        <PlaceList finding={finding} />
      </Part>
      {consequences.length > 0 && (
        <Part title="What follows from it" level={level}>
          <ul>
            {consequences.map((text) => (
              <li key={text}>
                <Long text={text} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="What to do" level={level}>
        <p>
          <Long text={remedy} />
        </p>
      </Part>
      {cause !== undefined && (
        <Part title="Cause" level={level}>
          <CauseFacts cause={cause} />
        </Part>
      )}
      {chain !== undefined && (
        <Part title="Chain" level={level}>
          <ChainSteps chain={chain} />
        </Part>
      )}
      <PathsOf finding={finding} data={data} level={level} />
      {plan !== undefined && (
        <Part title="Plan" level={level}>
          <PlanParts plan={plan} fingerprint={fingerprint} level={level} />
        </Part>
      )}
      {rule?.fix === 'guarded' &&
        finding.status === 'open' &&
        plan === undefined &&
        finding.declined === undefined && (
          <Part title="Plan" level={level}>
            <p>
              None was made for this report: <code>podtrust plan --finding {fingerprint}</code>
            </p>
          </Part>
        )}
      {finding.declined !== undefined && (
        <Part title="No plan" level={level}>
          <ul>
            {finding.declined.map((reason) => (
              <li key={reason}>
                <Long text={reason} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      {life !== undefined && (
        <Part title="History" level={level}>
          <Life steps={life} />
        </Part>
      )}
      {Object.keys(evidence).length > 0 && (
        <Part title="Evidence" level={level}>
          <dl class="facts">
            {Object.entries(evidence).map(([name, value]) => (
              <Fact
                key={name}
                name={name}
                value={Array.isArray(value) ? value.join('\n') : String(value)}
                mono
              />
            ))}
          </dl>
        </Part>
      )}
      {rule !== undefined && (
        <Part title="About the rule" level={level}>
          <p>{KIND_WORDS[rule.kind]}.</p>
          <p>{rule.why}</p>
          {rule.controls.length > 0 && <p class="muted">Evidence for {rule.controls.join(', ')}.</p>}
          <ul class="references">
            {rule.references
              .filter((address) => address.startsWith('https://'))
              .map((address) => (
                <li key={address}>
                  <a href={address} rel="noreferrer noopener" target="_blank">
                    {address.replace('https://', '')}
                  </a>
                </li>
              ))}
          </ul>
        </Part>
      )}
      <p class="fingerprint muted">
        Finding <code>{fingerprint}</code>
      </p>
    </>
  );
}

function Fact({
  name,
  value,
  mono,
}: {
  readonly name: string;
  readonly value: string;
  readonly mono?: boolean;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="lines">{mono === true ? <Mono text={value} /> : <Long text={value} />}</dd>
    </div>
  );
}
