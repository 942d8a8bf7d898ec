import { defineSettings } from 'automate';
import { type Context, commonErrors } from 'automate/api';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

export class SettingNoteViewSet extends NoteViewSet {
  override pageSize = this.getSetting('NOTES_PAGE_SIZE', 10);
  isReadOnly = this.getSetting('NOTES_READ_ONLY', false);

  override beforeCreate(_ctx: Context) {
    if (this.isReadOnly) throw commonErrors.forbidden('Notes are read-only for now.');
  }
}

export const settings = defineSettings({
  api: { cors: { origins: ['https://app.example.com'] }, custom: { NOTES_PAGE_SIZE: 2, NOTES_READ_ONLY: true } },
});
