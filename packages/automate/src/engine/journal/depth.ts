/** Executions that stand above each other, each started by the one before. */
export const MAXIMUM_DEPTH = 20;
