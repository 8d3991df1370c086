/** How the services write one call into `requestParameters` and `responseElements`. */

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** IAM's and STS's keys: the API's names in lower camel case, at every depth. */
export function lowerCamel(value: unknown, date: (time: Date) => string | number): unknown {
  if (value instanceof Date) return date(value);
  if (Array.isArray(value)) return value.map((item) => lowerCamel(item, date));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [lowerFirst(key), lowerCamel(item, date)]));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function clockTime(time: Date): string {
  const hours = time.getUTCHours();
  const two = (part: number): string => String(part).padStart(2, '0');
  const half = hours < 12 ? 'AM' : 'PM';
  return `${hours % 12 === 0 ? 12 : hours % 12}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} ${half}`;
}

const day = (time: Date): string =>
  `${MONTHS[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`;

/** `Jul 10, 2023 11:54:39 AM`, as in IAM's response elements. */
export const iamDate = (time: Date): string => `${day(time)} ${clockTime(time)}`;

/** `Dec 13, 2023, 7:14:20 AM`, as in those of STS. */
export const stsDate = (time: Date): string => `${day(time)}, ${clockTime(time)}`;

/** Seconds since 1970 with a fraction, as in those of EKS. */
const eksDate = (time: Date): number => time.getTime() / 1000;

/** EKS's request: wire names, the cluster of a path under `name`, path parameters still percent-encoded. */
export function eksRequest(input: object, encodedInPath: readonly string[]): object {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'clusterName') return ['name', value];
      if (encodedInPath.includes(key) && typeof value === 'string') return [key, encodeURIComponent(value)];
      return [key, plain(value)];
    }),
  );
}

/** EKS's response as it went over the wire. */
export function eksResponse(output: object): object {
  return Object.fromEntries(Object.entries(output).map(([key, value]) => [key, plain(value)]));
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return eksDate(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}
