import { commonErrors } from 'automate/api';
import { type Actor, type WorkflowInput, WorkflowService, WorkflowViewSet } from 'automate/engine';

class CustomWorkflowService extends WorkflowService {
  override async create(actor: Actor, input: WorkflowInput) {
    return super.create(actor, { ...input, name: `${input.name} (draft)`, is_live: false });
  }
}

export class CustomWorkflowViewSet extends WorkflowViewSet {
  override serviceClass = CustomWorkflowService;
  override pageSize = 50;

  override async create(ctx: Parameters<WorkflowViewSet['create']>[0]) {
    if (ctx.body.graph.nodes.length > 20) throw commonErrors.invalid_input('A workflow of ours has at most 20 nodes.');
    return super.create(ctx);
  }
}
