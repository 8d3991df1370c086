import { playEverySecondRow } from './fault-rows.ts';

await playEverySecondRow(0);
