import {
  ApiException,
  type HttpLibrary,
  HttpMethod,
  type SecurityAuthentication,
  ServerConfiguration,
} from '@kubernetes/client-node';
import { listDocument } from './list-document.ts';
import type { ListPage } from './pages.ts';

/** An object of the generated client's type as JSON holds it: times are text. */
export type Plain<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? Plain<E>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;

/** One page of the list at a path, `/api/v1/pods`. Throws what the generated clients throw. */
export type PlainList = <T>(
  path: string,
  page: { readonly limit: number; readonly _continue?: string },
) => Promise<ListPage<Plain<T>>>;

/**
 * Lists as plain JSON. The generated clients copy each object into a model with every field that it could have, which
 * takes most of the time and memory of a large list; address, sign-in, transport and types are theirs.
 */
export function plainLists(
  server: string,
  authentication: SecurityAuthentication,
  http: HttpLibrary,
): PlainList {
  const base = new ServerConfiguration(server, {});
  return async (path, { limit, _continue }) => {
    const request = base.makeRequestContext(path, HttpMethod.GET);
    request.setHeaderParam('Accept', 'application/json');
    request.setQueryParam('limit', String(limit));
    if (_continue !== undefined) request.setQueryParam('continue', _continue);
    await authentication.applySecurityAuthentication(request);
    const { httpStatusCode, body, headers } = await http.send(request).toPromise();
    if (httpStatusCode !== 200)
      throw new ApiException(httpStatusCode, 'the list was not answered', await body.text(), headers);
    const { items, rest } = listDocument<never>(await body.binary());
    return { items, metadata: { _continue: continuationOf(rest['metadata']) } };
  };
}

function continuationOf(metadata: unknown): string | undefined {
  if (typeof metadata !== 'object' || metadata === null || !('continue' in metadata)) return undefined;
  return typeof metadata.continue === 'string' ? metadata.continue : undefined;
}
