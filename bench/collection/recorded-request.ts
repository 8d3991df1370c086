/** One request as it went over the wire. */
export interface RecordedRequest {
  readonly method: string;
  readonly hostname: string;
  readonly port: number;
  /** With the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a measured process reports on its standard output. */
export interface Measured {
  readonly milliseconds: number;
  readonly requests: number;
  /** Peak resident set size of the whole process. */
  readonly megabytes: number;
}
