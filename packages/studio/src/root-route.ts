import { createRootRoute } from '@tanstack/react-router';

/** Parent of all routes. What it shows is said in `router.tsx`, since the shell knows all pages and no page knows the shell. */
export const root = createRootRoute();
