import { many, one, type Relations, relation } from 'automate/api';
import { z } from 'zod';
import { NoteModel, type NoteRow, Project, ProjectModel } from '../hosts/notes/models.ts';
import { NoteViewSet, ProjectViewSet } from '../hosts/notes/viewsets.ts';

export class RelatedNoteViewSet extends NoteViewSet {
  override relations: Relations = {
    project: one(ProjectModel, 'project_id', { schema: Project.pick({ id: true, name: true }) }),
    words: relation({
      schema: z.int(),
      scope: null,
      load: (notes: readonly NoteRow[]) => notes.map(({ text }) => text.match(/\S+/g)?.length ?? 0),
    }),
  };
}

export class RelatedProjectViewSet extends ProjectViewSet {
  override relations: Relations = { newest: many(NoteModel, 'project_id', { order: '-created_at', limit: 3 }) };
}
