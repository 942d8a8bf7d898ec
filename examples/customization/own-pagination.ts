import { type Pagination, pageNumberPagination } from 'automate/api';
import { z } from 'zod';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';

const OffsetQuery = z.object({ offset: z.int().min(0).max(10_000).default(0) });

const offsetPagination: Pagination = {
  querySchema: OffsetQuery,
  async paginate({ query, request }, { pageSize, load }) {
    const { offset } = query as z.output<typeof OffsetQuery>;
    const rows = await load({ after: undefined, backward: false, limit: pageSize + 1, offset });
    const next = rows.length > pageSize ? `${request.path}?offset=${offset + pageSize}` : null;
    return { results: rows.slice(0, pageSize), next, previous: null };
  },
};

export class OffsetNoteViewSet extends NoteViewSet {
  override pageSize = 2;
  override pagination = offsetPagination;
}

export class NumberedNoteViewSet extends NoteViewSet {
  override pagination = pageNumberPagination;
}
