import { createRoles } from '../../src/governance/index.ts';
import { builtInFeatures } from '../../src/server/index.ts';

/** What roles may do, where no host adds anything. */
export const builtInRoles = createRoles(builtInFeatures.flatMap(({ roles = [] }) => roles));
