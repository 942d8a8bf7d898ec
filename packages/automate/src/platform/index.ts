export { setting } from '../kernel/index.ts';
export {
  type AdminAction,
  type AdminGroup,
  type AdminInline,
  type AdminModel,
  type AdminOptions,
  adminOf,
} from './admin-model.ts';
export type { CallOptions, CommandArgument, CommandDeclaration, CommandInput, CommandOption } from './command.ts';
export type { DoctorContext } from './doctor.ts';
// A star, since TypeScript merges augmentations of `FeatureParts` through a star only.
export * from './feature.ts';
export type { MetricDeclaration } from './metric.ts';
export { orderFeatures } from './order.ts';
export { readJson } from './read-json.ts';
export { createRegistry } from './registry.ts';
export { createFeatures, type RunningFeatures } from './running.ts';
export { type FeatureSettings, readSettings, type Variable, variablesOf } from './settings.ts';
export { requirePages, type StudioGroup, type StudioPage, studioGroups, type Words } from './studio-page.ts';
export { requireWizards, type StudioWizard, type WizardStep, type WizardTemplate } from './studio-wizard.ts';
