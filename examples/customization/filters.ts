import { type FilterSet, filterBy } from 'automate/api';
import { z } from 'zod';
import { Note } from '../hosts/notes/models.ts';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

export class FilterNoteViewSet extends NoteViewSet {
  override filters: FilterSet = {
    ...filterBy(Note, { status: ['exact', 'in'], priority: ['range'], title: ['contains'], created_at: ['range'] }),
    author: { column: 'created_by', operator: 'exact', schema: z.uuid() },
  };
  override searchFields = ['title'];
  override ordering = ['-priority', 'title', 'created_at'];
}
