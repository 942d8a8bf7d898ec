import { type AutomateOptions, createAutomate } from 'automate';
import { ExecutionViewSet } from 'automate/engine';
import { CustomWorkflowViewSet } from './override-viewset.ts';

class CustomExecutionViewSet extends ExecutionViewSet {
  override pageSize = 100;
  override present(...given: Parameters<ExecutionViewSet['present']>) {
    return { ...super.present(...given), output: null };
  }
}

export const viewsets = { workflows: CustomWorkflowViewSet, executions: CustomExecutionViewSet };

export function startCustomized(options: AutomateOptions = {}) {
  return createAutomate({ ...options, viewsets });
}
