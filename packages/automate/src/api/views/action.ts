import { apiErrors } from '../http/errors.ts';
import { type ActionOptions, declareMethod, type Fits } from '../operations/operation.ts';
import type { ActionArguments, BaseViewSet } from './viewset.ts';

/** What {@link action} returns: put it on a method that fits the options. */
export type ActionDecorator<Options extends ActionOptions> = <
  Instance extends BaseViewSet,
  Method extends (this: Instance, ...given: never[]) => unknown,
>(
  method: Method & Fits<Method, ActionArguments<Instance, Options>, Options>,
  context: ClassMethodDecoratorContext<Instance>,
) => void;

/**
 * Makes a method a route of its own: `static { this.action(…) }`, written on the method and checked in the same way.
 * Node runs no decorators yet: compile the file with tsc, esbuild or, under Vite and Vitest, `automate/vite`.
 * @throws `invalid_settings` when the compiler makes legacy decorators, or the member is no public method of instances.
 * @example
 * class WorkflowViewSet extends BaseModelViewSet<typeof WorkflowModel> {
 *   @action({ detail: true, methods: ['post'], body: Activate, response: WorkflowView })
 *   async activate(workflow: Workflow, ctx: Context<z.output<typeof Activate>>): Promise<Workflow> { … }
 * }
 */
export function action<const Options extends ActionOptions>(options: Options): ActionDecorator<Options> {
  return (method, given) => {
    const context = given as DecoratorContext;
    requireStandard(context);
    if (context.kind !== 'method' || context.static || context.private) {
      throw apiErrors.invalid_settings(
        `@action belongs on a public method of instances, and "${String(context.name)}" is something else.`,
      );
    }
    declareMethod(method, options);
  };
}

/** A legacy decorator gets the member's name where a standard one gets a context. */
function requireStandard(context: unknown): void {
  if (typeof context === 'object' && context !== null && 'kind' in context) return;
  const where = typeof context === 'string' ? ` on "${context}"` : '';
  throw apiErrors.invalid_settings(
    `@action${where} was called as a legacy decorator. Remove "experimentalDecorators" from the tsconfig (under Vite and ` +
      'Vitest, add the plugin automateDecorators() of "automate/vite"), or write `static { this.action(…) }`, which needs no compiler.',
  );
}
