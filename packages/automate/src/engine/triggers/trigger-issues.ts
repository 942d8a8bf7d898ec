import { toInputIssues } from '../../api/index.ts';
import type { InputIssue } from '../../kernel/index.ts';
import { validateCondition } from '../rules/validate.ts';
import type { Trigger } from '../schemas.ts';
import type { TriggerTypes } from './trigger-type.ts';

/** Our own types that can be used. */
const OWN: readonly string[] = ['event', 'manual'];

/** What is wrong with triggers, with pointers from the workflow. */
export function triggerIssues(triggers: readonly Trigger[], types: TriggerTypes): InputIssue[] {
  return triggers.flatMap((trigger, index) =>
    issuesIn(trigger, types).map((issue) => ({ ...issue, pointer: `/triggers/${index}${issue.pointer}` })),
  );
}

function issuesIn({ type, filter, config }: Trigger, types: TriggerTypes): InputIssue[] {
  const other = types.get(type);
  if (!other && !OWN.includes(type)) {
    const message = `triggers of the type "${type}" are not available; use ${[...OWN, ...types.keys()].join(' or ')}`;
    return [{ pointer: '/type', code: 'trigger_not_available', message }];
  }
  const parsed = other?.config.safeParse(config);
  const configured = parsed?.error
    ? toInputIssues(parsed.error).map((issue) => ({ ...issue, pointer: `/config${issue.pointer}` }))
    : [];
  const filtered = filter === undefined ? [] : validateCondition(filter);
  return [...configured, ...filtered.map((issue) => ({ ...issue, pointer: `/filter${issue.pointer}` }))];
}
