import { useCallback, useMemo, useRef, useState } from 'react';
import { checkValue, type FormIssue } from './check.ts';
import type { JsonSchema, Resolver } from './json-schema.ts';
import { isWithin, valueAt } from './pointer.ts';

interface Options {
  readonly resolver: Resolver;
  readonly schema: JsonSchema;
  readonly value: unknown;
  /** What the server said of the last try. */
  readonly given: readonly FormIssue[] | undefined;
}

/** What is wrong with the form, and how much of it is said: of fields that were left, and of all once somebody tried to save. */
export function useIssues({ resolver, schema, value, given }: Options) {
  const [touched, setTouched] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const [hasTried, setTried] = useState(false);
  const own = useMemo(() => checkValue(resolver, schema, value), [resolver, schema, value]);
  const told = useRef<{ issues: readonly FormIssue[] | undefined; values: readonly string[] }>({ issues: undefined, values: [] });
  const textOf = (issue: FormIssue) => JSON.stringify(valueAt(value, issue.pointer)) ?? '';
  if (told.current.issues !== given) told.current = { issues: given, values: (given ?? []).map(textOf) };
  // What has been changed since may be right now; the server says it again if it is not.
  const server = (given ?? []).filter((issue, at) => told.current.values[at] === textOf(issue));
  const broken = Array.from(problems, ([pointer, message]): FormIssue => ({ pointer, code: 'json', message }));
  const all = [
    ...broken,
    ...own.filter(({ pointer }) => !broken.some((problem) => isWithin(pointer, problem.pointer))),
    ...server.filter(({ pointer }) => !own.some((issue) => issue.pointer === pointer)),
  ];
  const isSaid = (issue: FormIssue) =>
    hasTried ||
    server.includes(issue) ||
    Array.from(touched).some(([place, isWhole]) => (isWhole ? isWithin(issue.pointer, place) : issue.pointer === place));
  const touch = useCallback((pointer: string, isWhole: boolean) => {
    afterPress(() => setTouched((before) => (before.get(pointer) === isWhole ? before : new Map(before).set(pointer, isWhole))));
  }, []);
  const report = useCallback((pointer: string, message: string | undefined) => {
    setProblems((before) => {
      if (before.get(pointer) === message) return before;
      const after = new Map(before);
      if (message === undefined) after.delete(pointer);
      else after.set(pointer, message);
      return after;
    });
  }, []);
  return { all, said: all.filter(isSaid), server, hasTried, touch, report, tryAll: () => setTried(true) };
}

let isPressed = false;
if (typeof window !== 'undefined') {
  window.addEventListener('pointerdown', () => (isPressed = true), true);
  for (const name of ['pointerup', 'pointercancel']) window.addEventListener(name, () => (isPressed = false), true);
}

/** What a field says when it is left moves what is below it: a button that is being pressed stays where it is until it was. */
function afterPress(then: () => void): void {
  if (isPressed) window.addEventListener('pointerup', () => setTimeout(then, 0), { once: true });
  else then();
}
