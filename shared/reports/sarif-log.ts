import type { Severity } from '../findings/finding.ts';
import { ruleNamed } from '../rules/index.ts';
import { neutral, neutralJson } from './neutral.ts';

/** One result: where it is in a file, or by name only where there is no file. */
interface SarifResult {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string;
  /** Stable id, by which a result is recognized in the next run. */
  readonly fingerprint: string;
  /** Why it fails nothing, in a sentence; absent: it counts. */
  readonly suppressed?: string;
  readonly place:
    | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
    | { readonly kind: 'name'; readonly name: string };
}

/** Something that kept the tool from judging. */
interface SarifNote {
  readonly rule?: string;
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  /** True when nothing was judged there: then the run as a whole did not succeed. */
  readonly failed?: boolean;
}

interface SarifInput {
  readonly version: string;
  readonly results: readonly SarifResult[];
  readonly notes: readonly SarifNote[];
}

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** GitHub code scanning, "Supported SARIF output file properties": security-severity, over 9.0 critical, 7.0 high, 4.0 medium. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.5',
};

/** A SARIF 2.1.0 log of one run; what could not be decided is told by notifications, never left out. */
export function sarifLog({ version, results, notes }: SarifInput): string {
  const names = [...new Set(results.map(({ rule }) => rule))].sort();
  const index = new Map(names.map((name, position) => [name, position]));
  return neutralJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'podtrust',
            semanticVersion: version,
            rules: names.map((name) => descriptor(name, results)),
            notifications: [
              { id: 'undecided', shortDescription: { text: 'Something could not be decided' } },
            ],
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: !notes.some(({ failed }) => failed === true),
            toolExecutionNotifications: notes.map(notification),
          },
        ],
        results: results.map((result) => resultOf(result, index.get(result.rule) ?? -1)),
      },
    ],
  });
}

function descriptor(name: string, results: readonly SarifResult[]) {
  const rule = ruleNamed(name);
  const [worst] = (['critical', 'high', 'medium', 'low', 'info'] as const).filter((severity) =>
    results.some((result) => result.rule === name && result.severity === severity),
  );
  const severity = worst ?? 'info';
  return {
    id: name,
    name,
    ...(rule === undefined
      ? {}
      : {
          shortDescription: { text: rule.title },
          fullDescription: { text: rule.why },
          help: { text: `${rule.remedy} ${rule.references.join(' ')}`.trim() },
        }),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ['security', 'aws', 'kubernetes', ...(rule === undefined ? [] : [rule.kind])],
      'security-severity': SCORES[severity],
      ...(rule === undefined ? {} : { number: rule.number }),
    },
  };
}

function resultOf(result: SarifResult, ruleIndex: number) {
  const { rule, severity, message, remedy, fingerprint, suppressed, place } = result;
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: neutral(`${message} Fix: ${remedy}`) },
    locations: [placeOf(place)],
    partialFingerprints: { 'podtrust/v1': fingerprint },
    properties: { severity },
    ...(suppressed !== undefined && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: neutral(suppressed) }],
    }),
  };
}

function placeOf(place: SarifResult['place']) {
  switch (place.kind) {
    case 'file':
      return physical(place.file, { startLine: place.line, startColumn: place.column });
    case 'name':
      return { logicalLocations: [{ fullyQualifiedName: neutral(place.name), kind: 'resource' }] };
  }
}

function physical(file: string, region: { startLine: number; startColumn?: number }) {
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } };
}

/** A path as a relative URI reference (RFC 3986): backslashes are Windows's, and a colon would make a scheme. */
function uriOf(file: string): string {
  const path = file.toWellFormed().replaceAll('\\', '/');
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  return escaped.startsWith('/') ? `file://${escaped}` : escaped;
}

function notification({ rule, text, file, line, failed }: SarifNote) {
  return {
    descriptor: { id: 'undecided' },
    level: failed === true ? 'error' : 'note',
    message: { text: neutral(rule === undefined ? text : `${rule}: ${text}`) },
    ...(file === undefined ? {} : { locations: [physical(file, { startLine: line ?? 1 })] }),
  };
}
