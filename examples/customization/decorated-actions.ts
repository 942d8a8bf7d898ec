import { action, type Context, requireScope } from 'automate/api';
import { Note, type NoteRow } from '../hosts/notes/models.ts';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';
import { Stats } from './actions.ts';

export class DecoratedNoteViewSet extends NoteViewSet {
  @action({ detail: true, methods: ['post'], response: Note })
  async activate(note: NoteRow, ctx: Context): Promise<NoteRow> {
    return this.performUpdate(note, { status: 'active' }, ctx, requireScope(this.getQuery(ctx)));
  }

  @action({ detail: false, response: Stats })
  async stats(ctx: Context): Promise<{ total: number; active: number }> {
    const total = await ctx.services.models.count(this.model, { filters: [] }, requireScope(this.getQuery(ctx)));
    return { total, active: total };
  }
}
