/**
 * policy.ts: certificate policies along a path (RFC 5280 6.1, steps about valid_policy_tree).
 *
 * In:   the constraints of each certificate, top first, without the anchor
 * Out:  whether the policies allow the path
 * Not:  which policies a person wants: the user-initial-policy-set is any-policy
 *
 * With any-policy wanted, the tree matters only by being empty or not. So it is kept as RFC 9618 keeps it, one set per
 * level instead of a tree whose size an attacker chooses (CVE-2023-0464).
 */
import { ANY_POLICY, type Constraints } from '../../wire/certificate-extension.ts';

export type PolicyLink = { readonly constraints: Constraints; readonly selfIssued: boolean };

/** Returns what is wrong, or null. `links` run from the one below the anchor to the leaf. */
export function policyProblem(links: readonly PolicyLink[]): string | null {
  const n = links.length;
  let explicit = n + 1;
  let inhibitAny = n + 1;
  let mapping = n + 1;
  // The policies that the next certificate may name; null is the empty tree.
  let expected: ReadonlySet<string> | null = new Set([ANY_POLICY]);

  for (const [index, { constraints, selfIssued }] of links.entries()) {
    const last = index === n - 1;
    const anyCounts = inhibitAny > 0 || (!last && selfIssued);
    let valid = nextLevel(expected, constraints.policies, anyCounts ? 'any-counts' : 'any-inhibited');
    if (explicit === 0 && valid === null) return 'no policy is valid all along the path, and one is required';

    if (!last) {
      // 6.1.4 (a) and (b).
      const mappings = constraints.policyMappings ?? [];
      if (mappings.some((pair) => pair.includes(ANY_POLICY)))
        return 'anyPolicy is mapped, which is not allowed';
      if (valid !== null) valid = mapped(valid, mappings, mapping > 0 ? 'map' : 'drop');
      // 6.1.4 (h), (i), (j).
      if (!selfIssued) [explicit, mapping, inhibitAny] = [down(explicit), down(mapping), down(inhibitAny)];
      explicit = Math.min(explicit, constraints.policyConstraints?.requireExplicit ?? explicit);
      mapping = Math.min(mapping, constraints.policyConstraints?.inhibitMapping ?? mapping);
      inhibitAny = Math.min(inhibitAny, constraints.inhibitAny ?? inhibitAny);
    } else {
      // 6.1.5 (a) and (b).
      explicit = constraints.policyConstraints?.requireExplicit === 0 ? 0 : down(explicit);
      if (explicit === 0 && valid === null)
        return 'no policy is valid all along the path, and one is required';
    }
    expected = valid;
  }
  return null;
}

/** 6.1.3 (d) and (e): what of `policies` the level above allows. */
function nextLevel(
  expected: ReadonlySet<string> | null,
  policies: readonly string[] | null,
  any: 'any-counts' | 'any-inhibited',
): ReadonlySet<string> | null {
  if (expected === null || policies === null) return null;
  const above = expected.has(ANY_POLICY);
  const valid = new Set(policies.filter((p) => p !== ANY_POLICY && (above || expected.has(p))));
  if (policies.includes(ANY_POLICY) && any === 'any-counts') for (const policy of expected) valid.add(policy);
  return valid.size === 0 ? null : valid;
}

/** 6.1.4 (b): replaces each mapped policy by what it maps to, or drops it where mapping is inhibited. */
function mapped(
  valid: ReadonlySet<string>,
  mappings: readonly (readonly [string, string])[],
  how: 'map' | 'drop',
): ReadonlySet<string> | null {
  const sources = new Set(mappings.map(([from]) => from));
  const next = new Set([...valid].filter((policy) => !sources.has(policy)));
  if (how === 'map') {
    for (const [from, to] of mappings) if (valid.has(from) || valid.has(ANY_POLICY)) next.add(to);
  }
  return next.size === 0 ? null : next;
}

function down(n: number): number {
  return Math.max(0, n - 1);
}
