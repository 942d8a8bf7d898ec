let fixed: Date | undefined;

/** Renders as if it were that time: for a step that is tried again. Rendering is synchronous, so one time serves all. */
export function renderedAt<T>(time: Date, render: () => T): T {
  const outer = fixed;
  fixed = time;
  try {
    return render();
  } finally {
    fixed = outer;
  }
}

/** What `now` and `today` mean in a template. */
export function renderingTime(): Date {
  return fixed ?? new Date();
}
