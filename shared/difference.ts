/**
 * difference.ts: two reports of one domain, row by row.
 *
 * In:   the older and the newer report
 * Out:  Difference rows, in reading order
 * Not:  judging which is better
 */
import { evidence } from './phrases/screen-evidence.ts';
import { screen } from './phrases/screen.ts';
import { ROUTES } from './report.ts';
import type { EndpointReport, Report } from './report.ts';
import { branches } from './view.ts';

export type Difference = {
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly same: boolean;
  /** For keys and certificates: what the change means. */
  readonly note: string | null;
};

/** Every row of both reports; null on a side where the thing is not there. */
export function differences(before: Report, after: Report): readonly Difference[] {
  const rows = evidence.compare.rows;
  const old = facts(before);
  const now = facts(after);
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  return keys.map((what) => {
    const a = old.get(what) ?? null;
    const b = now.get(what) ?? null;
    return { what, before: a, after: b, same: a === b, note: note(what, a, b) };
  });

  function note(what: string, a: string | null, b: string | null): string | null {
    if (a === null || b === null || a === b) return null;
    for (const { endpoint, at } of endpoints(after)) {
      if (what === rows.key(at)) return evidence.compare.newKey;
      const leaf = endpoint.chain[0];
      if (what === rows.leaf(at) && leaf !== undefined && old.get(rows.key(at)) === leaf.spkiSha256)
        return evidence.compare.sameKey;
    }
    return null;
  }
}

function endpoints(report: Report): readonly { readonly endpoint: EndpointReport; readonly at: string }[] {
  return branches(report).map((b) => ({ endpoint: b.endpoint, at: b.label }));
}

function facts(report: Report): ReadonlyMap<string, string> {
  const rows = evidence.compare.rows;
  const all = new Map<string, string>();
  all.set(rows.outcome, screen.verdict.outcomes[report.verdict.outcome]);
  all.set(rows.by, report.verdict.by ?? screen.words.none);
  all.set(rows.case, report.verdict.case ?? screen.words.none);
  all.set(rows.dnssec, report.resolver.dnssecData);
  for (const srv of report.discovery.srv) {
    const records = srv.records.map((r) => `${r.priority} ${r.weight} ${r.port} ${r.host}`).sort();
    all.set(rows.srv(srv.owner), [srv.dnssec, srv.answer, ...records].join(', '));
  }
  for (const target of report.targets) {
    const host = `${target.host}:${target.port}`;
    all.set(rows.target(host), `${target.mode}, ${target.delegation ?? screen.words.none}`);
    all.set(rows.addresses(host), target.addresses.map((a) => `${a.type} ${a.dnssec}`).join(', '));
    const tlsa = target.tlsa.records.map((r) => r.text).sort();
    all.set(rows.tlsa(host), [target.tlsa.dnssec, target.tlsa.answer, ...tlsa].join(', '));
  }
  for (const { endpoint, at } of endpoints(report)) {
    all.set(rows.verdict(at), screen.verdict.outcomes[endpoint.verdict.outcome]);
    const leaf = endpoint.chain[0];
    if (leaf !== undefined) {
      all.set(rows.leaf(at), leaf.sha256);
      all.set(rows.key(at), leaf.spkiSha256);
      all.set(rows.until(at), leaf.notAfter);
    }
    if (endpoint.tls !== null) all.set(rows.protocol(at), `${endpoint.tls.protocol} ${endpoint.tls.cipher}`);
    for (const name of ROUTES)
      all.set(rows.route(name, at), screen.routes.states[endpoint.routes[name].state]);
  }
  return all;
}
