import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { hashOf, parseRoute, type Route } from './route.ts';

interface Navigation {
  readonly route: Route;
  /** Goes somewhere; `replace`: without a step back to where the reader is. */
  readonly go: (change: Partial<Route>, replace?: boolean) => void;
  /** The address of somewhere, for links. */
  readonly to: (change: Partial<Route>) => string;
}

const Context = createContext<Navigation | null>(null);

export const NavigationProvider = Context.Provider;

/** The place in the address, followed as it changes. */
export function useAddress(): Navigation {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const route = parseRoute(hash);
  const to = (change: Partial<Route>) => hashOf({ ...route, ...change });
  const go = (change: Partial<Route>, replace = false) => {
    const target = to(change);
    if (replace) location.replace(target);
    else location.hash = target;
  };
  return { route, go, to };
}

/** Where the reader is, and how to get elsewhere. */
export function useNavigation(): Navigation {
  const navigation = useContext(Context);
  if (navigation === null) throw new Error('useNavigation outside of NavigationProvider');
  return navigation;
}
