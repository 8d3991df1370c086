import fc from 'fast-check';

/**
 * The same random cases in every run, so that a failure is the change's and not the day's. `FAST_CHECK_SEED=… npm test`
 * (or `test:long`) draws others.
 */
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_261_122),
});
