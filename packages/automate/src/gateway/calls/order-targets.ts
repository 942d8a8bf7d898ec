/** What of a target decides when it is tried. */
interface Weighted {
  readonly priority: number;
  readonly weight: number;
}

/** Targets in the order they are tried: by priority, and within one by chance, as their weights say. @param random from 0 to 1 */
export function orderTargets<Target extends Weighted>(
  targets: readonly Target[],
  random: () => number = Math.random,
): readonly Target[] {
  if (targets.length < 2) return targets;
  const priorities = [...new Set(targets.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    shuffle(
      targets.filter((target) => target.priority === priority),
      random,
    ),
  );
}

function shuffle<Target extends Weighted>(targets: readonly Target[], random: () => number): Target[] {
  const left = [...targets];
  const order: Target[] = [];
  while (left.length > 0) {
    const point = random() * left.reduce((sum, { weight }) => sum + weight, 0);
    let reached = 0;
    const index = left.findIndex(({ weight }) => {
      reached += weight;
      return point < reached;
    });
    order.push(...left.splice(index < 0 ? left.length - 1 : index, 1));
  }
  return order;
}
