import { type Context, type ModelStore, requireScope, type Scope } from 'automate/api';
import { z } from 'zod';
import { Note, type NoteRow, ProjectModel } from '../hosts/notes/models.ts';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

export class TransferNoteViewSet extends NoteViewSet {
  override getTransferSchema() {
    return Note.pick({ project_id: true, title: true, priority: true }).extend({ project: z.string() });
  }

  override async toTransfer(notes: readonly NoteRow[], ctx: Context) {
    const values = notes.map(({ project_id }) => project_id);
    const query = { column: 'id', values, order: { column: 'id', descending: false }, limit: 1 };
    const projects = await ctx.services.models.related(ProjectModel, query, requireScope(this.getQuery(ctx)));
    const names = new Map(projects.map(({ id, name }) => [id, name]));
    return notes.map((note) => ({ ...note, project: names.get(note.project_id) ?? '' }));
  }

  override async findImported({ title }: Record<string, unknown>, _ctx: Context, models: ModelStore, scope: Scope) {
    const filters = [{ column: 'title', operator: 'exact', value: title } as const];
    const [note] = await models.list(this.model, { filters, order: [{ column: 'id', descending: false }], limit: 1 }, scope);
    return note;
  }
}
