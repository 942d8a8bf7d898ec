import { BaseModelViewSet, type Context, type Model, narrow, StaffOnlyMixin } from 'automate/api';
import { Note, NoteModel } from '../hosts/notes/models.ts';

export abstract class MyAppBaseViewSet<M extends Model = Model> extends StaffOnlyMixin(BaseModelViewSet)<M> {
  override getQuery(ctx: Context) {
    return narrow(super.getQuery(ctx), { status: 'active' });
  }
}

export class ActiveNoteViewSet extends MyAppBaseViewSet<typeof NoteModel> {
  readonly model = NoteModel;
  readonly createSchema = Note.pick({ title: true, text: true });
}
