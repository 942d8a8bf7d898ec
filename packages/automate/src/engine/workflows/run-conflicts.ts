/** What becomes of a run whose key another execution has. */
export const runConflicts = ['reject', 'return', 'cancel_existing'] as const;
export type RunConflict = (typeof runConflicts)[number];
