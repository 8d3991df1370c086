import fc from 'fast-check';

/** The same random cases in every run of `npm test`, so that a failure is the change's; the long suite draws new ones. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_122 });
