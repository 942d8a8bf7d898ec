import type { Task } from '../tasks.ts';
import type { TaskType } from './task-type.ts';
import { chatTask } from './tasks/chat.ts';
import { embedTask } from './tasks/embed.ts';

/** What an endpoint can be asked to do, by the name of the task. */
export const taskTypes: ReadonlyMap<Task, TaskType> = new Map([chatTask, embedTask].map((type) => [type.task, type]));
