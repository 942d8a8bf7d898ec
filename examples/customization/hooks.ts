import { type Context, commonErrors, type Page, requireScope } from 'automate/api';
import type { NoteRow } from '../hosts/notes/models.ts';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

export class HookedNoteViewSet extends NoteViewSet {
  maximum = 3;

  override async beforeCreate(ctx: Context) {
    const count = await ctx.services.models.count(this.model, { filters: [] }, requireScope(this.getQuery(ctx)));
    if (count >= this.maximum) throw commonErrors.conflict(`There are ${count} notes already.`);
  }

  override afterList(_ctx: Context, page: Page<NoteRow>) {
    return { ...page, results: page.results.map((note) => ({ ...note, title: note.title.toUpperCase() })) };
  }
}
