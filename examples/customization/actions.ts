import { type Context, requireScope } from 'automate/api';
import { z } from 'zod';
import { Note, type NoteRow } from '../hosts/notes/models.ts';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

export const Stats = z.object({ total: z.int(), active: z.int() });

export class ActionNoteViewSet extends NoteViewSet {
  static {
    this.action('activate', { detail: true, methods: ['post'], response: Note });
    this.action('stats', { detail: false, response: Stats });
  }

  async activate(note: NoteRow, ctx: Context): Promise<NoteRow> {
    return this.performUpdate(note, { status: 'active' }, ctx, requireScope(this.getQuery(ctx)));
  }

  async stats(ctx: Context): Promise<z.output<typeof Stats>> {
    const { models } = ctx.services;
    const scope = requireScope(this.getQuery(ctx));
    const isActive = { column: 'status', operator: 'exact', value: 'active' } as const;
    return {
      total: await models.count(this.model, { filters: [] }, scope),
      active: await models.count(this.model, { filters: [isActive] }, scope),
    };
  }
}
