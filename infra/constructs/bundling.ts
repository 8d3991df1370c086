/** How handlers are bundled: the stack and the benchmark of cold starts do the same. */
export const BUNDLING = {
  format: 'esm' as const,
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  // CommonJS parts of the SDK ask for Node's own modules with require, which ES modules do not have.
  banner: {
    js: "import { createRequire as podtrustRequire } from 'node:module'; const require = podtrustRequire(import.meta.url);",
  },
};
