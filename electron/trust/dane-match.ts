/**
 * dane-match.ts: does one TLSA record vouch for the certificate seen? (RFC 6698 2.1.1, RFC 7671 5, TRUST-RULES 7.6)
 *
 * In:   a usable record, the leaf, what the server sent, the trust stores, the reference names
 * Out:  a function from record to RecordMatch; paths and names are computed once, however many records ask
 * Not:  which records count (dane-records.ts), the decision over all of them (dane.ts)
 */
import type { DnsName, Instant } from '../../shared/basics.ts';
import { DANE, ROW, type DaneCode } from '../../shared/phrases/dane.ts';
import type { Service, Source } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate } from '../wire/certificate.ts';
import { associationHex, indexCertificates, wrongParts } from './dane-compare.ts';
import type { DaneRecord } from './dane-records.ts';
import { judgeIdentity } from './identity.ts';
import { judgePath, type Anchor, type PathEvidence } from './path.ts';
import type { TrustStore } from './stores.ts';

export type RecordMatch = {
  readonly matches: boolean | null;
  /** What matched, or what went wrong in a way worth a sentence of its own; null for a plain difference. */
  readonly code: DaneCode | null;
  /** One sentence for the row. */
  readonly why: string;
  /** For a match: the name in the certificate that counted; else the detail of `code`. */
  readonly detail: string;
};

export type MatchGround = {
  readonly leaf: Certificate;
  readonly sent: readonly Certificate[];
  readonly stores: readonly TrustStore[];
  readonly source: Source;
  readonly service: Service;
  readonly host: string;
  /** The TLSA base domain: a reference name for usages 0 to 2 (RFC 7671 7). */
  readonly base: DnsName | null;
  readonly now: Instant;
};

/**
 * Most anchors of one kind that are tried by a path of their own. A server has one or two; 64 KB of bare keys would be
 * 700. What is left out is no match.
 */
const MOST_ANCHORS = 16;

/** Prepares the comparison; the returned function judges one usable record. */
export function matcher(ground: MatchGround): (record: DaneRecord) => RecordMatch {
  const { leaf } = ground;
  const authorities = ground.sent.filter((one) => one.sha256 !== leaf.sha256);
  const sent = indexCertificates([leaf, ...authorities]);
  const wrong = wrongParts(leaf);
  const name = once(() => carriedName(ground));
  const pkix = once(() => judgePath(pathInput(ground, ground.stores)));
  const stored = once(() => indexCertificates(storedAbove(ground.stores, [leaf, ...authorities])));
  const tried = new Map<string, RecordMatch>();

  type Kind = 'sent' | 'key' | 'constraint';
  const tryOnce = (kind: Kind, id: string, judge: () => RecordMatch): RecordMatch => {
    const known = tried.get(`${kind} ${id}`);
    if (known !== undefined) return known;
    const spent = [...tried.keys()].filter((key) => key.startsWith(kind)).length;
    if (spent >= MOST_ANCHORS) return { matches: null, code: null, why: ROW.notExamined(), detail: '' };
    const fresh = judge();
    tried.set(`${kind} ${id}`, fresh);
    return fresh;
  };

  return (record) => {
    const named = sent.named(record);
    const isLeaf = named.some((one) => one.sha256 === leaf.sha256);
    const issuers = named.filter((one) => one.sha256 !== leaf.sha256);
    switch (record.usage) {
      case 3:
        return isLeaf ? matched('dane-ee-match', partWords(record), '') : differs(record, issuers.length > 0);
      case 1:
        return isLeaf
          ? withPkix('pkix-ee-match', partWords(record), pkix(), name())
          : differs(record, issuers.length > 0);
      case 2:
        return matchAuthority(record, issuers, isLeaf);
      default:
        return matchConstraint(record, issuers, isLeaf);
    }
  };

  // RFC 7671 5.2: the path must reach the anchor; the leaf itself is never its own authority (as in OpenSSL).
  function matchAuthority(record: DaneRecord, issuers: readonly Certificate[], isLeaf: boolean): RecordMatch {
    const anchors: Anchor[] = issuers.map(asAnchor);
    const { certificate } = record;
    if (anchors.length === 0 && certificate !== null && certificate.sha256 !== leaf.sha256) {
      anchors.push(asAnchor(certificate));
    }
    // RFC 7671 5.2.3: a bare key that no sent certificate carries may have signed the topmost one.
    if (anchors.length === 0 && record.selector === 1 && record.matching === 0 && !isLeaf) {
      anchors.push({ kind: 'key', spki: record.data, store: STORE });
    }
    if (anchors.length === 0) return isLeaf ? fails('tlsa-anchor-is-leaf', '') : withheld(record);
    return best(
      anchors.map((anchor) =>
        tryOnce(anchor.kind === 'key' ? 'key' : 'sent', anchorKey(anchor), () => judgeAnchor(anchor)),
      ),
    );
  }

  function judgeAnchor(anchor: Anchor): RecordMatch {
    const path = judgePath({ ...pathInput(ground, []), extraAnchors: [anchor] });
    const certificate = anchor.kind === 'certificate' ? anchor.certificate : null;
    if (!path.holds) {
      const wasSent = authorities.some((one) => one.sha256 === certificate?.sha256);
      if (path.anchor === null && wasSent) return fails('tlsa-anchor-not-on-path', '');
      return fails('tlsa-anchor-path', firstProblem(path));
    }
    const carried = name();
    if (carried === null) return fails('tlsa-anchor-name', '');
    const what =
      certificate === null
        ? 'the key that signed the path'
        : `the authority “${subject(certificate)}” on the path`;
    return matched('dane-ta-match', what, carried);
  }

  // RFC 7671 5.4: some valid path to a known root holds a certificate that matches, sent or from a store.
  function matchConstraint(
    record: DaneRecord,
    issuers: readonly Certificate[],
    isLeaf: boolean,
  ): RecordMatch {
    const known = stored()
      .named(record)
      .filter((one) => one.sha256 !== leaf.sha256);
    const all = new Map([...issuers, ...known].map((one) => [one.sha256, one]));
    if (all.size === 0) return isLeaf ? fails('tlsa-anchor-is-leaf', '') : differs(record, false);
    return best(
      [...all.values()].map((must) =>
        tryOnce('constraint', must.sha256, () => {
          const path = judgePath({
            ...pathInput(ground, ground.stores),
            mustContain: (one) => one.sha256 === must.sha256,
          });
          return withPkix('pkix-ta-match', `the authority “${subject(must)}” on the path`, path, name());
        }),
      ),
    );
  }

  function differs(record: DaneRecord, isAuthority: boolean): RecordMatch {
    const mistake = wrong(record);
    if (mistake !== null) return fails('tlsa-wrong-part', mistake);
    if (isAuthority) return fails('tlsa-authority-for-leaf', '');
    if (record.usage === 0) return { matches: false, code: null, why: DIFFERENT_AUTHORITY, detail: '' };
    const seen = associationHex(leaf, record.selector, record.matching);
    const short = seen.length > SHORT ? `${seen.slice(0, SHORT)}…` : seen;
    return { matches: false, code: null, why: ROW.differs(partWords(record), short), detail: '' };
  }

  function withheld(record: DaneRecord): RecordMatch {
    const mistake = wrong(record);
    return mistake === null ? fails('tlsa-anchor-withheld', '') : fails('tlsa-wrong-part', mistake);
  }

  function fails(code: DaneCode, detail: string): RecordMatch {
    const words = {
      owner: '',
      host: visible(ground.host),
      source: sourceWords(ground.source),
      why: detail,
      record: '',
    };
    return { matches: false, code, why: DANE[code](words).text, detail };
  }

  function withPkix(code: DaneCode, what: string, path: PathEvidence, carried: string | null): RecordMatch {
    if (!path.holds) return fails('tlsa-pkix-part', firstProblem(path));
    if (carried === null)
      return fails('tlsa-pkix-part', 'the certificate carries none of the names that count.');
    return matched(code, what, carried);
  }
}

function matched(code: DaneCode, what: string, detail: string): RecordMatch {
  return { matches: true, code, why: ROW.matches(what), detail };
}

/** The first match, else the most telling failure. */
function best(results: readonly RecordMatch[]): RecordMatch {
  const [first = { matches: false, code: null, why: DIFFERENT_AUTHORITY, detail: '' }] = results;
  return (
    results.find((one) => one.matches === true) ??
    results.find((one) => one.code !== 'tlsa-anchor-not-on-path') ??
    first
  );
}

const DIFFERENT_AUTHORITY = 'Does not match: no authority on the path is the one that it names.';
/** Hex digits shown in a sentence. */
const SHORT = 64;

/** RFC 7671 7 and 10.2, RFC 7673 4.2: the source domain, the target host, or the TLSA base domain. Null for none. */
function carriedName(ground: MatchGround): string | null {
  const { leaf, source, service, host, base } = ground;
  const names = new Set<DnsName>([host as DnsName, ...(base === null ? [] : [base])]);
  for (const target of names) {
    const identity = judgeIdentity(leaf, { source, service, target });
    if (identity.source) return sourceWords(source);
    if (identity.target) return visible(target);
  }
  return null;
}

function pathInput(ground: MatchGround, stores: readonly TrustStore[]): Parameters<typeof judgePath>[0] {
  return { leaf: ground.leaf, sent: ground.sent, stores, now: ground.now, purpose: 'server' };
}

/**
 * The certificates of the stores that can stand on a path above what was sent: issuers by name, and theirs in turn, since
 * a longer path may hold the authority that a record names (RFC 7671 5.4).
 */
function storedAbove(stores: readonly TrustStore[], sent: readonly Certificate[]): readonly Certificate[] {
  const found = new Map<string, Certificate>();
  const asked = new Set<string>();
  let below = sent;
  for (let level = 0; level < MOST_LEVELS && below.length > 0; level++) {
    const names = new Set(below.map((one) => one.issuer.canonical).filter((name) => !asked.has(name)));
    below = [...names].flatMap((name) => {
      asked.add(name);
      return stores.flatMap((store) => store.candidates(name)).filter((one) => !found.has(one.sha256));
    });
    for (const one of below) found.set(one.sha256, one);
  }
  return [...found.values()];
}

/** Certificates of one store above another. Public paths have one or two (cross-signed roots). */
const MOST_LEVELS = 4;

function firstProblem(path: PathEvidence): string {
  return path.problems[0]?.text ?? 'no path was found.';
}

function asAnchor(certificate: Certificate): Anchor {
  return { kind: 'certificate', certificate, store: STORE };
}

/** What sentences call the source of such an anchor. */
const STORE = 'TLSA record';

function anchorKey(anchor: Anchor): string {
  return anchor.kind === 'certificate'
    ? anchor.certificate.sha256
    : Buffer.from(anchor.spki).toString('base64');
}

function partWords(record: DaneRecord): string {
  const part = record.selector === 0 ? 'the server’s certificate' : 'the server’s public key';
  return record.matching === 0 ? part : `${part} (${record.matching === 1 ? 'SHA-256' : 'SHA-512'})`;
}

function subject(certificate: Certificate): string {
  return visible(certificate.subject.text);
}

function sourceWords(source: Source): string {
  return visible(source.kind === 'ip' ? source.address : source.ascii);
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
