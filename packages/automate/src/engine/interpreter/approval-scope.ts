import { hideInJson, type Json, type JsonObject } from '../../kernel/index.ts';
import type { StepScope } from '../steps/step-scope.ts';

/** `<node id>.url` of every approval, beside those of what it lies in: each is signed only when something reads it. */
export function lazyLinks(ids: readonly string[], urlOf: (id: string) => string, outer: JsonObject = {}): JsonObject {
  return { ...outer, ...Object.fromEntries(ids.map((id) => [id, lazyLink(() => urlOf(id))])) };
}

/** The scope with a placeholder in place of each link, for what is stored and shown of a step. */
export function withoutLinks(scope: StepScope): StepScope {
  if (scope.approvals === undefined) return scope;
  const ids = Object.keys(scope.approvals as JsonObject);
  return { ...scope, approvals: Object.fromEntries(ids.map((id) => [id, { url: `[approval link ${id}]` }])) };
}

/** Takes the tokens of links out of what a step leaves behind. */
export function hideLinks<Value extends Json>(value: Value): Value {
  return hideInJson(value, (text) => text.replace(TOKEN, '[approval link]')) as Value;
}

const TOKEN = /apv_[\w-]{60,}/g;

function lazyLink(make: () => string): JsonObject {
  let url: string | undefined;
  return {
    get url() {
      url ??= make();
      return url;
    },
  };
}
