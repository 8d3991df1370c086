import * as securityHub from '@aws-sdk/client-securityhub';

/** A shape of the API's model as the SDK has it: `[3, namespace, name, traits, members, shapes, how many of them are needed]`. */
type Known = number | readonly unknown[];
type Shape = Known | (() => Known);

const STRUCTURE = 3;
const LIST = 1;
/** Simple shapes, and what they become in JSON. A list of them is 64 more, a map from texts 128. */
const SIMPLE: Readonly<Record<number, string>> = { 0: 'string', 1: 'number', 2: 'boolean' };

/** What Security Hub's API would not take of a finding: what it has no member for, of another type, or lacks. */
export const asffErrors = (finding: unknown): string[] =>
  errorsIn(finding, securityHub.AwsSecurityFinding$, 'finding');

function errorsIn(value: unknown, of: Shape, at: string): string[] {
  const shape: Known = typeof of === 'function' ? of() : of;
  if (typeof shape === 'number') return simpleErrors(value, shape, at);
  if (shape[0] === LIST) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((one, index) => errorsIn(one, shape[4] as Shape, `${at}[${index}]`));
  }
  if (shape[0] !== STRUCTURE) throw new RangeError(`a shape of kind ${shape[0]}`);
  if (!isObject(value)) return [`${at} is no object`];
  const [, , , , members, shapes, needed = 0] = shape as [
    number,
    string,
    string,
    unknown,
    string[],
    Shape[],
    number?,
  ];
  return [
    ...members.slice(0, needed).flatMap((name) => (name in value ? [] : [`${at} lacks ${name}`])),
    ...Object.entries(value).flatMap(([name, one]) => {
      const member = shapes[members.indexOf(name)];
      return member === undefined ? [`${at} has no ${name}`] : errorsIn(one, member, `${at}.${name}`);
    }),
  ];
}

function simpleErrors(value: unknown, shape: number, at: string): string[] {
  if (shape >= 128)
    return isObject(value)
      ? Object.entries(value).flatMap(([name, one]) => simpleErrors(one, shape - 128, `${at}.${name}`))
      : [`${at} is no map`];
  if (shape >= 64)
    return Array.isArray(value)
      ? value.flatMap((one, index) => simpleErrors(one, shape - 64, `${at}[${index}]`))
      : [`${at} is no list`];
  return typeof value === SIMPLE[shape] ? [] : [`${at} is no ${SIMPLE[shape]}`];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
