import { ApiRouter, BaseAPIView, type Context, isUuid, narrow } from 'automate/api';
import { z } from 'zod';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';
import { CustomWorkflowViewSet } from './override-viewset.ts';

class ProjectNoteViewSet extends NoteViewSet {
  // The project comes from the path: what the scope holds is written too.
  override createSchema = this.updateSchema;

  override getQuery(ctx: Context) {
    const { project = '' } = ctx.params;
    return isUuid(project) ? narrow(super.getQuery(ctx), { project_id: project }) : null;
  }
}

class LinksView extends BaseAPIView {
  static {
    this.describe('get', { query: z.object({ project: z.uuid() }), response: z.object({ notes: z.string() }) });
  }
  get(ctx: Context<unknown, { project: string }>) {
    return { notes: ctx.api.reverse('project-note.list', ctx.query) };
  }
}

const v1 = new ApiRouter()
  .register('workflows', CustomWorkflowViewSet, { basename: 'workflow' })
  .register('projects/{project}/notes', ProjectNoteViewSet, { basename: 'project-note' })
  .view('links', LinksView);

export const router = new ApiRouter().include('api/v1', v1);
