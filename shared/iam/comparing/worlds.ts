import { recognizer } from '../languages/automaton.ts';
import { type Budget, explore, type Language } from '../languages/explore.ts';
import { EVERYTHING, symbolsOf } from '../languages/globs.ts';
import type { Tri } from '../tri.ts';
import type { Domain, Part } from './domains.ts';
import { completeSamples, type Family } from './samples.ts';
import type { Test } from './tests.ts';

/** How sure it is that a value exists: `real` it does, `assumed` under the named assumptions, `doubtful` nobody knows. */
type Certainty = 'real' | 'assumed' | 'doubtful';

/** One way a key can stand in a request: a value, or its absence (`value` null, `present` false). */
export interface World {
  /** Null too for a doubtful value that nobody can name. */
  readonly value: string | null;
  readonly present: boolean;
  /** The answer of each test, in the variable's order. */
  readonly answers: readonly boolean[];
  readonly certainty: Certainty;
  /** Conditions taken as met. */
  readonly assuming: readonly string[];
  /** True for an absent key and for values as real calls have them. */
  readonly lifelike: boolean;
  /** Lower reads better. */
  readonly rank: number;
}

/** A question about a key, and the part of its value that it concerns. */
export interface Question {
  readonly test: Test;
  readonly part: Part | null;
}

/** How values look best in messages: the ones to try first, and the shapes that values really have. */
export interface Taste {
  readonly candidates: readonly string[];
  readonly shapes: Language;
}

export interface Worlds {
  readonly worlds: readonly World[];
  /** False when there may be more than could be found. */
  readonly complete: boolean;
}

/** Most worlds of one key that the search will take. */
const MOST_WORLDS = 2000;

/** Every combination of answers that the questions about one key can have, each with its most readable value. */
export function worldsOf(
  questions: readonly Question[],
  domain: Domain,
  taste: Taste,
  budget: Budget,
): Worlds {
  const absent: World[] = domain.kind === 'absent' || domain.kind === 'free' ? [ABSENT] : [];
  if (domain.kind === 'absent') return { worlds: absent, complete: true };
  const { values, complete } = valuesOf(questions, domain, taste, budget);
  const isShaped = recognizer(taste.shapes);
  const isLifelike = (value: string) => domain.kind === 'fixed' || isShaped(symbolsOf(value));
  const found = new Map<string, World>();
  for (const world of [
    ...absent,
    ...values.flatMap((value, rank) => worldsOfValue(questions, value, isLifelike(value), rank)),
  ]) {
    const name = `${world.present}${world.answers.map(Number).join('')}`;
    const known = found.get(name);
    if (known === undefined || better(world, known)) found.set(name, world);
  }
  const doubtful = isPartial(questions) ? everyCombination(questions, found) : [];
  const worlds = [...found.values(), ...(doubtful ?? [])];
  return {
    worlds: worlds.slice(0, MOST_WORLDS),
    complete: complete && doubtful !== null && worlds.length <= MOST_WORLDS,
  };
}

const ABSENT: World = {
  value: null,
  present: false,
  answers: [],
  certainty: 'real',
  assuming: [],
  lifelike: true,
  rank: -1,
};

interface Values {
  /** The more readable first. */
  readonly values: readonly string[];
  readonly complete: boolean;
}

function valuesOf(questions: readonly Question[], domain: Domain, taste: Taste, budget: Budget): Values {
  if (domain.kind === 'fixed') return { values: [domain.value], complete: true };
  const families = familiesOf(questions);
  const within = domain.kind === 'present' ? domain.within : [EVERYTHING];
  const samples = [...families].flatMap((family) =>
    family === 'string' ? [] : samplesOf(questions, family),
  );
  if (samples.length > 0 && !families.has('string')) return { values: samples, complete: true };
  const strings = stringsOf(questions, within, taste, budget);
  return { values: [...samples, ...strings.values], complete: strings.complete };
}

function samplesOf(questions: readonly Question[], family: Family): readonly string[] {
  const samples = questions.filter(({ test }) => test.family === family).flatMap(({ test }) => test.samples);
  return completeSamples(family, samples);
}

/** Readable candidates, then shortest strings of a real shape, then any strings, until every combination has one. */
function stringsOf(questions: readonly Question[], within: Language, taste: Taste, budget: Budget): Values {
  const languages = questions.flatMap(({ test, part }) =>
    test.languages.map((language) => (part === null ? language : language.map(part.embed))),
  );
  const { cells, complete } = explore([...languages, taste.shapes], { budget, within });
  const isWithin = recognizer(within);
  const shaped = cells.filter(({ member }) => member.at(-1) === true);
  const shapeless = cells.filter(({ member }) => member.at(-1) !== true);
  const candidates = taste.candidates.filter((candidate) => isWithin(symbolsOf(candidate)));
  return { values: [...candidates, ...[...shaped, ...shapeless].map(({ witness }) => witness)], complete };
}

/** The worlds of one value: more than one when tests of it are undecided. */
function worldsOfValue(
  questions: readonly Question[],
  value: string,
  lifelike: boolean,
  rank: number,
): World[] {
  const answers = questions.map(({ test, part }) => test.holds(part === null ? value : part.extract(value)));
  const open = answers.flatMap((answer, index) => (answer === 'undecided' ? [index] : []));
  const met = answers.map((answer) => answer !== 'no');
  if (open.length === 0)
    return [{ value, present: true, answers: met, certainty: 'real', assuming: [], lifelike, rank }];
  const assuming = open.map((index) => questions[index]?.test.words ?? '');
  const assumed: World = {
    value,
    present: true,
    answers: met,
    certainty: 'assumed',
    assuming,
    lifelike,
    rank,
  };
  return [
    assumed,
    ...otherwise(answers, open).map(
      (other): World => ({ ...assumed, answers: other, certainty: 'doubtful' }),
    ),
  ];
}

/** Every other way the undecided answers could fall. */
function otherwise(answers: readonly Tri[], open: readonly number[]): boolean[][] {
  const combinations = 2 ** Math.min(open.length, MOST_OPEN) - 1;
  return Array.from({ length: combinations }, (_, bits) =>
    answers.map((answer, index) => {
      const place = open.indexOf(index);
      return place < 0 ? answer === 'yes' : ((bits >> place) & 1) === 1;
    }),
  );
}

const MOST_OPEN = 10;

function familiesOf(questions: readonly Question[]): ReadonlySet<Family> {
  const families = new Set(questions.map(({ test }) => test.family));
  families.delete('constant');
  return families;
}

/** Whether single values of the key do not tell all: it may hold several, or is read as different kinds of values. */
function isPartial(questions: readonly Question[]): boolean {
  const families = familiesOf(questions);
  return questions.some(({ test }) => test.partial) || families.size > 1;
}

/** All combinations of answers that were not found, as doubtful ones; null when there are too many. */
function everyCombination(questions: readonly Question[], found: ReadonlyMap<string, World>): World[] | null {
  if (questions.length > MOST_OPEN) return null;
  const all = Array.from({ length: 2 ** questions.length }, (_, bits) =>
    questions.map((__, index) => ((bits >> index) & 1) === 1),
  );
  return all
    .filter((answers) => !found.has(`true${answers.map(Number).join('')}`))
    .map((answers) => ({
      value: null,
      present: true,
      answers,
      certainty: 'doubtful',
      assuming: [],
      lifelike: false,
      rank: 0,
    }));
}

const CERTAINTY = { real: 0, assumed: 1, doubtful: 2 } as const;

function better(one: World, other: World): boolean {
  const difference = CERTAINTY[one.certainty] - CERTAINTY[other.certainty];
  if (difference !== 0) return difference < 0;
  return one.lifelike === other.lifelike ? one.rank < other.rank : one.lifelike;
}
