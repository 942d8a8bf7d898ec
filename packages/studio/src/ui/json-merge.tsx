import { lazy, Suspense } from 'react';
import type { JsonMergeProps } from './json-merge-inside.tsx';

const Inside = lazy(() => import('./json-merge-inside.tsx'));

/** Two texts side by side, what is different in colour. It is loaded when it is first shown. */
export function JsonMerge(props: JsonMergeProps) {
  return (
    <Suspense fallback={<div className="merge" />}>
      <Inside {...props} />
    </Suspense>
  );
}
