import type { StepType } from '../../../engine/index.ts';
import { agentCalls } from './agent-calls.ts';
import { agentModel } from './agent-model.ts';
import { agentPick } from './agent-pick.ts';
import { agentResult } from './agent-result.ts';
import { agentRun } from './agent-run.ts';
import { agentWorkflow } from './agent-workflow.ts';

/** `agent.run`, and the steps that the graph of its turns is made of. */
export const agentSteps: readonly StepType[] = [agentRun, agentModel, agentCalls, agentPick, agentWorkflow, agentResult];
