import { type Context, rate } from 'automate/api';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

const burst = rate('3/minute', { name: 'burst', key: 'token' });
const perProject = rate('500/day', { name: 'project', key: (ctx) => ctx.params.project ?? 'none' });

export class ThrottledNoteViewSet extends NoteViewSet {
  override rateLimit = rate('10000/day', { name: 'sustained', key: 'tenant' });
  override throttles = [perProject];

  override getThrottles(ctx: Context) {
    const all = super.getThrottles(ctx);
    return ctx.principal?.isStaff ? all : [...all, burst];
  }
}
