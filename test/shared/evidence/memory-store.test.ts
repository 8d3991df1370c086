import { memoryEvidence } from '../../../shared/evidence/memory-store.ts';
import { evidenceStoreSuite } from '../../support/evidence-store-suite.ts';

evidenceStoreSuite(async () => memoryEvidence());
