import type { AwsAuthProblem } from './problem.ts';

/** The keys of the ConfigMap that the authenticator reads. They are case-sensitive. */
export const SECTIONS = ['mapRoles', 'mapUsers', 'mapAccounts'] as const;

export type AwsAuthSection = (typeof SECTIONS)[number];

/** A place in a section's text, line and column counted from 1. */
export interface AwsAuthPlace {
  readonly section: AwsAuthSection;
  readonly line: number;
  readonly column: number;
}

/** A field of a row as it was written, before types are checked. */
export interface WrittenField {
  readonly key: string;
  /** Text without quotes; of collections, text of their items. */
  readonly value: string | readonly string[];
  readonly line: number;
  readonly column: number;
}

/** An item of mapRoles or mapUsers: as it was written, and what the authenticator makes of it. */
export interface AwsAuthRow extends AwsAuthPlace {
  readonly section: 'mapRoles' | 'mapUsers';
  /** Position in its section, from 0. */
  readonly index: number;
  readonly written: readonly WrittenField[];
  /** `rolearn` or `userarn` as read, letters as written; empty when there is none, and then nobody gets the row. */
  readonly arn: string;
  /** Template of the Kubernetes user name as read; empty when there is none. */
  readonly username: string;
  /** Templates of the Kubernetes groups as read. */
  readonly groups: readonly string[];
}

/** An item of mapAccounts as the authenticator reads it: its text, whatever type YAML sees in it. */
export interface AwsAuthAccount extends AwsAuthPlace {
  readonly section: 'mapAccounts';
  readonly index: number;
  readonly account: string;
}

/**
 * What becomes of a section: absent; empty; read; in part, where items or fields have a wrong type and the rest
 * counts; or lost, where nothing of it counts.
 */
export type SectionState = 'absent' | 'empty' | 'read' | 'partly' | 'lost';

/** Text without effect, to say of a caller that it stands there. */
export interface LostText {
  readonly section: AwsAuthSection;
  /** The misspelt key that it stands under; absent when the section cannot be read. */
  readonly key?: string;
  readonly text: string;
}

/** `kube-system/aws-auth` as it was written and as it takes effect. */
export interface ParsedAwsAuth {
  readonly sections: Readonly<Record<AwsAuthSection, SectionState>>;
  /** Rows of both sections in the order written, those without effect too. */
  readonly rows: readonly AwsAuthRow[];
  readonly accounts: readonly AwsAuthAccount[];
  /**
   * The rows that count, by their ARN in lower case: of several with one ARN the last. Callers are looked up here by
   * canonical ARN, first among roles, then among users; either section may name roles and users.
   */
  readonly effective: {
    readonly roles: ReadonlyMap<string, AwsAuthRow>;
    readonly users: ReadonlyMap<string, AwsAuthRow>;
    /** Account ids whose identities all enter, without groups, under their canonical ARN. */
    readonly accounts: ReadonlySet<string>;
  };
  readonly problems: readonly AwsAuthProblem[];
  readonly lost: readonly LostText[];
}
