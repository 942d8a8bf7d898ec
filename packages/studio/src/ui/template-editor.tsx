import { lazy, Suspense } from 'react';
import type { TemplateProps } from './template-editor-inside.tsx';

const Inside = lazy(() => import('./template-editor-inside.tsx'));

/** A text with Liquid in it that people write: what is filled in has its colour, and each fault stands at its place. Loaded when it is first shown. */
export function TemplateEditor(props: TemplateProps) {
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
