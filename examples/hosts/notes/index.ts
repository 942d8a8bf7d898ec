import type { AutomateOptions } from 'automate';
import { NoteModel, ProjectModel } from './models.ts';
import { NoteViewSet, ProjectViewSet } from './viewsets.ts';

/** What the three hosts hand to `createAutomate`. */
export const notes = {
  models: [ProjectModel, NoteModel],
  migrations: new URL('./migrations/', import.meta.url),
  viewsets: { projects: ProjectViewSet, notes: NoteViewSet },
} satisfies AutomateOptions;
