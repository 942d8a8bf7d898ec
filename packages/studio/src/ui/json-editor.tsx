import { lazy, Suspense } from 'react';
import type { CodeProps } from './json-editor-inside.tsx';

export type { CodeIssue, CodeProps } from './json-editor-inside.tsx';

const Inside = lazy(() => import('./json-editor-inside.tsx'));

/** JSON that people write: colours, brackets, and each fault at its place. It is loaded when it is first shown. */
export function JsonEditor(props: CodeProps) {
  return (
    <Suspense
      fallback={
        <pre className="json code-editor" role="group" tabIndex={0} aria-label={props.label}>
          {props.value.slice(0, 10_000)}
        </pre>
      }
    >
      <Inside {...props} />
    </Suspense>
  );
}
