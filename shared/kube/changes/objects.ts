/** What the API server says when an object is no longer what the request says it is (HTTP 409). */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  constructor(object: string, cause?: unknown) {
    super(`${object} was changed by somebody else meanwhile`, { cause });
  }
}

/** A ConfigMap's part that changes change. */
interface ConfigMapView {
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, string>>;
}

/** A ServiceAccount's part that changes change. */
interface ServiceAccountView {
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The objects of one cluster that are written. Writes name the `resourceVersion` that they were decided on and throw
 * ConflictError when the object has another by then; everything else throws what the request threw.
 */
export interface ClusterObjects {
  /** Null when there is none. */
  readonly configMap: (namespace: string, name: string) => Promise<ConfigMapView | null>;
  /** ConflictError: it exists by now. */
  readonly createConfigMap: (
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** Sets keys of its data, removes those that are null, and leaves everything else alone. */
  readonly patchConfigMap: (
    namespace: string,
    name: string,
    resourceVersion: string,
    data: Readonly<Record<string, string | null>>,
  ) => Promise<void>;
  readonly deleteConfigMap: (namespace: string, name: string, resourceVersion: string) => Promise<void>;
  /** Null when there is none. */
  readonly serviceAccount: (namespace: string, name: string) => Promise<ServiceAccountView | null>;
  /** Sets one annotation, or removes it with null. */
  readonly annotateServiceAccount: (
    namespace: string,
    name: string,
    resourceVersion: string,
    annotation: string,
    value: string | null,
  ) => Promise<void>;
}
