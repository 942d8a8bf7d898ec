import { type BaseModelViewSet, type Context, type Ctor, type Model, narrow, type Row, type Scope } from 'automate/api';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

export interface Archiving {
  /** What a row becomes in place of being deleted. */
  archivedStatus: string;
}

export function ArchiveMixin<Base extends Ctor<BaseModelViewSet>>(base: Base): Base & Ctor<Archiving> {
  abstract class WithArchive extends base implements Archiving {
    archivedStatus = 'archived';

    override async performDestroy(row: Row<Model>, ctx: Context, scope: Scope): Promise<void> {
      await this.performUpdate(row, { status: this.archivedStatus }, ctx, scope);
    }
  }
  return WithArchive;
}

export class ArchivingNoteViewSet extends ArchiveMixin(NoteViewSet) {
  override getQuery(ctx: Context) {
    return narrow(super.getQuery(ctx), { created_by: ctx.principal?.id });
  }
}
