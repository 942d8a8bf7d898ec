/** Checked by tsc: each `@ts-expect-error` is a mistake that must not compile. */
import { expectTypeOf, test } from 'vitest';
import {
  createClient,
  type Execution,
  type ExecutionEnded,
  type ExecutionProgress,
  type PageOf,
  type Reply,
  type Step,
  type Workflow,
  type WorkflowDetail,
  type WorkflowName,
} from './index.ts';

const automate = createClient();
const graph = { nodes: [{ id: 'a', type: 'core.log', config: { message: 'x' } }] };

/** Never called: only its types count. */
export async function mistakes(): Promise<void> {
  // @ts-expect-error a workflow has a name
  automate.workflows.create({ graph });
  // @ts-expect-error the graph is an object
  automate.workflows.create({ name: 'x', graph: 'none' });
  // @ts-expect-error no such field
  automate.workflows.create({ name: 'x', graph, colour: 'red' });
  // @ts-expect-error a trigger has a type
  automate.workflows.create({ name: 'x', graph, triggers: [{ event_type: 'order.created' }] });
  // @ts-expect-error an id is text
  automate.workflows.retrieve(5);
  // @ts-expect-error the id is missing
  automate.workflows.destroy();
  // @ts-expect-error no such filter
  automate.workflows.list({ status: 'x' });
  // @ts-expect-error no such status
  automate.executions.list({ status: 'sleeping' });
  // @ts-expect-error options do not go where the query goes
  automate.workflows.versions('id', { signal: new AbortController().signal });
  // @ts-expect-error the trace id is required
  automate.correlationExplorer.get({});
  // @ts-expect-error the iterator finds the cursor itself
  automate.workflows.iterate({ cursor: 'x' });
  // @ts-expect-error jobs are not created by hand
  automate.jobs.create({});
  // @ts-expect-error a list is not JSON by another name
  automate.jobs.list({}, { accept: 'text/plain' });
  // @ts-expect-error ifMatch is for changes
  automate.workflows.retrieve('id', {}, { ifMatch: '"1"' });
  for await (const event of automate.executions.events('id')) {
    // @ts-expect-error no such event in this stream
    if (event.event === 'artifact') return;
  }
}

test('replies have the types of the document', () => {
  type Methods = typeof automate;
  expectTypeOf<Awaited<ReturnType<Methods['workflows']['update']>>>().toEqualTypeOf<WorkflowDetail>();
  expectTypeOf<Awaited<ReturnType<Methods['workflows']['list']>>>().toEqualTypeOf<PageOf<Workflow>>();
  expectTypeOf<ReturnType<Methods['workflows']['iterate']>>().toEqualTypeOf<AsyncGenerator<Workflow, void, undefined>>();
  type Executions = Awaited<ReturnType<Methods['executions']['list']>>;
  expectTypeOf<Executions>().toExtend<PageOf<Execution>>();
  expectTypeOf<Executions['results'][number]['workflow']>().toEqualTypeOf<WorkflowName | null>();
  expectTypeOf<Awaited<ReturnType<Methods['workflows']['destroy']>>>().toEqualTypeOf<undefined>();
  expectTypeOf<Awaited<ReturnType<Methods['metrics']['get']>>>().toEqualTypeOf<Response>();
});

/** Never called: only its types count. */
export async function conditions(): Promise<void> {
  expectTypeOf(await automate.workflows.retrieve('id')).toEqualTypeOf<WorkflowDetail>();
  expectTypeOf(await automate.workflows.retrieve('id', {}, { ifNoneMatch: '"1"' })).toEqualTypeOf<WorkflowDetail | undefined>();
  expectTypeOf(await automate.workflows.retrieve('id').withResponse()).toEqualTypeOf<Reply<WorkflowDetail>>();
  for await (const event of automate.executions.events('id')) {
    if (event.event === 'step') expectTypeOf(event.data).toEqualTypeOf<Step>();
    else if (event.event === 'status') expectTypeOf(event.data).toEqualTypeOf<ExecutionProgress>();
    else expectTypeOf(event.data).toEqualTypeOf<ExecutionEnded>();
  }
}
