import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that take minutes. Without figures of an earlier run Vitest begins with the largest files, and these would run alone in the end. */
const LONG = /(?:chaos\/short|e2e\/(?:worker-options|large-executions|live|embedded))\.test\.ts$/;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { long = [], others = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      LONG.test(moduleId) ? 'long' : 'others',
    );
    return [...long, ...others];
  }
}
