import { expect, test } from 'vitest';
import { newId } from '../../kernel/index.ts';
import { slotOf } from './candidate.ts';
import { compileFlow } from './flow.ts';

const [id, eventId] = [newId(), newId()];
const execution = {
  id,
  eventId,
  tenantId: newId(),
  workflowId: newId(),
  workflowVersion: 1,
  versionId: newId(),
  triggerId: null,
  traceId: 'trace',
};
const admission = compileFlow({ concurrency: { limit: 2, scope: 'workflow' } })({ id: eventId });

test('an execution waits for its place since its event came', () => {
  expect(slotOf({ execution, admission })).toMatchObject({ capacity: 2, since: eventId });
});

test('a replay waits since it was made', () => {
  expect(slotOf({ execution: { ...execution, replayOf: newId() }, admission })).toMatchObject({ since: id });
});

test('nobody waits where there is no limit', () => {
  expect(slotOf({ execution, admission: compileFlow({})({ id: eventId }) })).toBeUndefined();
});
