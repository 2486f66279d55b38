/**
 * view.ts: a report turned into what the screen draws. Pure, so that it is tested without a screen.
 *
 * In:   a report, its observations, texts to compare
 * Out:  marks, grouped fingerprints, links for references, rows of the waterfall
 * Not:  drawing (renderer), sentences (phrases), the comparison of two reports (difference.ts)
 */
import type { Observation } from './observation.ts';
import type {
  ChainCertificate,
  DnssecStatus,
  DomainOutcome,
  EndpointReport,
  Reason,
  Report,
  RouteState,
  Step,
  TargetReport,
} from './report.ts';

/** The five marks of the screen. Each has its own shape and word; colour only repeats them. */
export type Mark = 'good' | 'look' | 'bad' | 'unknown' | 'none';

const OUTCOME_MARKS: Readonly<Record<DomainOutcome, Mark>> = {
  'auto-accept': 'good',
  manual: 'look',
  refuse: 'bad',
  unreachable: 'unknown',
  'not-offered': 'none',
};
const STATE_MARKS: Readonly<Record<RouteState, Mark>> = {
  open: 'good',
  shut: 'look',
  contradicted: 'bad',
  absent: 'none',
  unknown: 'unknown',
};
const DNSSEC_MARKS: Readonly<Record<DnssecStatus, Mark>> = {
  secure: 'good',
  insecure: 'none',
  bogus: 'bad',
  indeterminate: 'unknown',
};

export function outcomeMark(outcome: DomainOutcome): Mark {
  return OUTCOME_MARKS[outcome];
}
export function stateMark(state: RouteState): Mark {
  return STATE_MARKS[state];
}
export function dnssecMark(status: DnssecStatus): Mark {
  return DNSSEC_MARKS[status];
}
export function stepMark(ok: Step['ok']): Mark {
  return ok === null ? 'unknown' : ok ? 'good' : 'bad';
}

/** One endpoint with the target that it belongs to; `key` is stable while a report grows. */
export type Branch = {
  readonly key: string;
  readonly label: string;
  readonly target: TargetReport;
  readonly endpoint: EndpointReport;
};

/** Every endpoint of a report in the order of the report. */
export function branches(report: Report): readonly Branch[] {
  return report.targets.flatMap((target) =>
    target.endpoints.map((endpoint, index) => ({
      key: `${target.host}:${target.port}:${target.mode}:${endpoint.address ?? `none-${index}`}`,
      label: `${target.host}:${target.port}${endpoint.address === null ? '' : `, ${endpoint.address}`}`,
      target,
      endpoint,
    })),
  );
}

/** The endpoint that speaks for the domain: the first whose verdict is the domain's own, else the first of all. */
export function decidingBranch(report: Report): Branch | null {
  const all = branches(report);
  return (
    all.find(
      (b) =>
        b.endpoint.verdict.outcome === report.verdict.outcome && b.endpoint.verdict.by === report.verdict.by,
    ) ??
    all[0] ??
    null
  );
}

/** A sentence reduced to what makes it the same as another: without its beginning's case and its end's full stop. */
function core(text: string): string {
  return text.replace(/\.$/, '').toLowerCase();
}

/**
 * The reasons of a verdict in two parts: those that its sentence already says in full (only their references are worth
 * showing), and the others.
 */
export function reasonsBeside(verdict: Pick<Report['verdict'], 'sentence' | 'reasons'>): {
  readonly said: readonly Reason[];
  readonly others: readonly Reason[];
} {
  const sentence = core(verdict.sentence);
  const said = verdict.reasons.filter((reason) => sentence.includes(core(reason.text)));
  return { said, others: verdict.reasons.filter((reason) => !said.includes(reason)) };
}

/** Lines of an explanation without those that say the same again, and without those of `known`. */
export function freshSteps(steps: readonly Step[], known: readonly Step[] = []): readonly Step[] {
  const seen = new Set(known.map((one) => `${one.ok} ${one.text}`));
  return steps.filter((one) => {
    const key = `${one.ok} ${one.text}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What to call a certificate in a few words: the name that matched, the subject, any name, or its fingerprint's begin. */
export function certificateTitle(certificate: ChainCertificate): string {
  const matched = certificate.names.find((n) => typeof n.matched === 'string');
  if (matched !== undefined) return matched.value;
  if (certificate.subject !== '') return certificate.subject;
  return certificate.names[0]?.value ?? `${certificate.sha256.slice(0, 16)}…`;
}

/** Hex in groups of `size` digits for reading aloud: a 64-digit SHA-256 becomes 16 groups of 4. */
export function grouped(hex: string, size = 4): readonly string[] {
  const groups: string[] = [];
  for (let i = 0; i < hex.length; i += size) groups.push(hex.slice(i, i + size));
  return groups;
}

export type Comparison = 'empty' | 'incomplete' | 'same' | 'different';

/**
 * Compares a pasted SHA-256 fingerprint with `sha256` (lower-case hex). Colons, spaces, a leading `SHA-256:` or
 * `Fingerprint=` and case do not matter; base64 (`sha256/...=` as in RFC 7469) is read as well.
 */
export function compareFingerprint(pasted: string, sha256: string): Comparison {
  // 4096: far more than any way to write 32 bytes; a whole pasted file is cut here.
  const text = pasted.slice(0, 4096).trim();
  if (text === '') return 'empty';
  const bare = text.replace(/^.*?(?:sha-?256)?\s*fingerprint\s*[=:]/i, '').replace(/^sha-?256\s*[=:/]/i, '');
  const hex = bare.replace(/[\s:.\-]/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex === sha256 ? 'same' : 'different';
  const base64 = bare.replace(/\s/g, '');
  if (/^[A-Za-z0-9+/]{43}=$/.test(base64)) return base64ToHex(base64) === sha256 ? 'same' : 'different';
  return 'incomplete';
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function base64ToHex(text: string): string {
  let hex = '';
  let bits = 0;
  let held = 0;
  for (const c of text.replace(/=+$/, '')) {
    held = (held << 6) | BASE64.indexOf(c);
    bits += 6;
    while (bits >= 4) {
      bits -= 4;
      hex += ((held >> bits) & 15).toString(16);
      held &= (1 << bits) - 1;
    }
  }
  // 43 base64 characters carry 258 bits: the last two are padding and made no digit.
  return hex;
}

/** The address of the text that a reference like `RFC 7671 5.1` or `XEP-0368` names; null for anything else. */
export function referenceUrl(ref: string): string | null {
  const rfc = /^RFC ?([0-9]{1,5})(?:[ ,]+(?:section )?([0-9]{1,3}(?:\.[0-9]{1,3}){0,5}))?/i.exec(ref);
  if (rfc?.[1] !== undefined) {
    const section = rfc[2] === undefined ? '' : `#section-${rfc[2]}`;
    return `https://www.rfc-editor.org/rfc/rfc${Number(rfc[1])}.html${section}`;
  }
  const xep = /^XEP-([0-9]{4})/i.exec(ref);
  return xep?.[1] === undefined ? null : `https://xmpp.org/extensions/xep-${xep[1]}.html`;
}

export type WaterfallRow = {
  readonly id: string;
  readonly kind: Observation['kind'];
  readonly what: string;
  readonly start: number;
  readonly end: number;
  readonly problem: string | null;
};

/** What one observation looked at, as a short technical label. */
export function observationLabel(o: Observation): string {
  switch (o.kind) {
    case 'dns':
      return `${o.question.type} ${o.question.name === '' ? '.' : o.question.name}`;
    case 'tcp':
      return `${o.endpoint.address} port ${o.endpoint.port}`;
    case 'tls':
      return `${o.endpoint.address} port ${o.endpoint.port}`;
    case 'stream':
      return `${o.phase} ${o.endpoint.address} port ${o.endpoint.port}`;
    case 'https':
      return `${o.purpose} ${o.url}`;
  }
}

export function observationProblem(o: Observation): string | null {
  if (o.kind === 'stream') return o.problem?.code ?? null;
  return o.outcome.ok ? null : o.outcome.problem.code;
}

/** Rows of the waterfall, by start. */
export function waterfall(observations: readonly Observation[]): readonly WaterfallRow[] {
  return observations
    .map((o) => ({
      id: o.id,
      kind: o.kind,
      what: observationLabel(o),
      start: o.start,
      end: Math.max(o.end, o.start),
      problem: observationProblem(o),
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/** IANA DNS Security Algorithm Numbers, those that are met in the wild. */
const ALGORITHMS: Readonly<Record<number, string>> = {
  1: 'RSAMD5',
  3: 'DSA',
  5: 'RSASHA1',
  6: 'DSA-NSEC3-SHA1',
  7: 'RSASHA1-NSEC3-SHA1',
  8: 'RSASHA256',
  10: 'RSASHA512',
  12: 'ECC-GOST',
  13: 'ECDSAP256SHA256',
  14: 'ECDSAP384SHA384',
  15: 'ED25519',
  16: 'ED448',
};
export function algorithmName(n: number): string {
  const name = ALGORITHMS[n];
  return name === undefined ? String(n) : `${n} ${name}`;
}

/** Whole days from `now` to an ISO time, both UTC; null where the text is no time. */
export function daysUntil(iso: string, now: number): number | null {
  const at = Date.parse(iso);
  // 86,400,000 ms a day.
  return Number.isNaN(at) ? null : Math.floor((at - now) / 86_400_000);
}
