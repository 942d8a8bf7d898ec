import { z } from 'zod';

/** What a model can be asked to do. */
export const tasks = [
  'llm.chat',
  'llm.embed',
  'audio.tts',
  'audio.stt',
  'image.text2img',
  'image.img2img',
  'image.ocr',
  'video.download',
  'video.stt',
  'video.text2video',
] as const;

export const Task = z.enum(tasks).meta({ id: 'Task' });
export type Task = z.output<typeof Task>;

/** What a provider has to be able to do for a task: null for what needs none. Tasks that are made of another are not named by kinds. */
export function providerTask(task: Task): Task | null {
  if (task === 'video.download') return null;
  return task === 'video.stt' ? 'audio.stt' : task;
}
