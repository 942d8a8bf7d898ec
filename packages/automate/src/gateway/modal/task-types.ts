import type { Task } from '../tasks.ts';
import type { TaskType } from './task-type.ts';
import { speakTask, transcribeTask, transcribeVideoTask } from './tasks/audio.ts';
import { chatTask } from './tasks/chat.ts';
import { downloadTask } from './tasks/download.ts';
import { embedTask } from './tasks/embed.ts';
import { paintTask, recognizeTask, repaintTask } from './tasks/image.ts';

const types = [
  ...[chatTask, embedTask, speakTask, transcribeTask, paintTask, repaintTask, recognizeTask],
  ...[downloadTask, transcribeVideoTask],
];

/** What an endpoint can be asked to do, by the name of the task. */
export const taskTypes: ReadonlyMap<Task, TaskType> = new Map(types.map((type) => [type.task, type]));
