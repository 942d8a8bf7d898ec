import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { root, TIMES } from './record-times.ts';

/** What took long when it was recorded begins first, so that nothing long is left alone in the end; what is not recorded is in Vitest's order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const times = JSON.parse(readFileSync(TIMES, 'utf8')) as Record<string, number>;
    const secondsOf = ({ moduleId }: TestSpecification) => times[relative(root, moduleId)] ?? 0;
    return (await super.sort(files)).toSorted((left, right) => secondsOf(right) - secondsOf(left));
  }
}
