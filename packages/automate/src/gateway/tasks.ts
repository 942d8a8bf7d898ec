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
