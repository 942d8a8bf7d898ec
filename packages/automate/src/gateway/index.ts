export { gateway } from './feature.ts';
export {
  type AssertionContext,
  type AssertionSubject,
  type AssertionType,
  defineAssertion,
  type Verdict,
} from './prompts/assertions/assertion-type.ts';
export { PromptEvalViewSet } from './prompts/eval.viewsets.ts';
export type { Prompts } from './prompts/prompts.ts';
export type { RenderedPrompt } from './prompts/render.ts';
export type { PromptSelection, ResolvedPrompt } from './prompts/resolve.ts';
