import type { Endpoint } from 'automate-client';

type Task = Endpoint['tasks'][number];

/** Tasks that the console has a tab for, in the order of their tabs. */
export const consoleTasks = ['llm.chat', 'llm.embed'] as const satisfies readonly Task[];
export type ConsoleTask = (typeof consoleTasks)[number];

/** The tabs of an endpoint. */
export function tabsOf({ tasks }: Pick<Endpoint, 'tasks'>): readonly ConsoleTask[] {
  return consoleTasks.filter((task) => (tasks as readonly Task[]).includes(task));
}
