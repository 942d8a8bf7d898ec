/** Who looks at the Studio of a benchmark. */
export const OWNER = { email: 'bench@example.com', password: 'a phrase that only benchmarks use' } as const;
