import { defineModel, filterBy, type Row, Timestamp } from 'automate/api';
import { z } from 'zod';

export const Project = z
  .object({ id: z.uuid(), name: z.string().min(1).max(100), member_ids: z.array(z.string()), created_at: Timestamp })
  .meta({ id: 'Project' });

export const ProjectModel = defineModel({
  app: 'notes',
  name: 'Project',
  table: 'projects',
  schema: Project,
  ordering: ['name', 'created_at'],
  searchFields: ['name'],
});

export const Note = z
  .object({
    id: z.uuid(),
    project_id: z.uuid(),
    title: z.string().min(1).max(200),
    text: z.string().max(20_000),
    status: z.enum(['draft', 'active', 'archived']),
    priority: z.int().min(0).max(9),
    created_by: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Note' });

export const NoteModel = defineModel({
  app: 'notes',
  name: 'Note',
  table: 'notes',
  schema: Note,
  ordering: ['-created_at', 'priority', 'title'],
  filters: filterBy(Note, {
    project_id: ['exact'],
    status: ['exact', 'in'],
    priority: ['range'],
    title: ['contains'],
    created_at: ['range'],
  }),
  searchFields: ['title', 'text'],
});

export type ProjectRow = Row<typeof ProjectModel>;
export type NoteRow = Row<typeof NoteModel>;
