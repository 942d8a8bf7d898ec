import { type InputIssue, invalidInput } from '../../../kernel/index.ts';
import type { Assertions, StoredAssertion } from '../assertions/assertions.ts';
import { inTurn } from '../in-turn.ts';
import type { PromptCase } from './schemas.ts';

/** Of all cases of a set. */
const MAXIMUM_ASSERTIONS = 1_000;

/** @throws AppError `invalid_input` with a pointer to each assertion that could not work, and to each name that another case has */
export async function requireCases(
  cases: readonly PromptCase[] | undefined,
  assertions: Pick<Assertions, 'issues'>,
): Promise<void> {
  if (!cases) return;
  if (cases.reduce((sum, one) => sum + one.assertions.length, 0) > MAXIMUM_ASSERTIONS) {
    const message = `must have at most ${MAXIMUM_ASSERTIONS} assertions together`;
    throw invalidInput([{ pointer: '/cases', code: 'too_big', message }]);
  }
  const issues: InputIssue[] = [];
  const names = new Set<string>();
  for (const [index, one] of cases.entries()) {
    const at = `/cases/${index}`;
    if (names.has(one.name))
      issues.push({ pointer: `${at}/name`, code: 'not_unique', message: 'is the name of another case too' });
    names.add(one.name);
    for (const [place, assertion] of one.assertions.entries())
      for (const issue of await inTurn(() => assertions.issues(assertion as StoredAssertion)))
        issues.push({ ...issue, pointer: `${at}/assertions/${place}${issue.pointer}` });
    if (issues.length >= 20) break;
  }
  if (issues.length > 0) throw invalidInput(issues.slice(0, 20));
}
