/**
 * posh-web.ts: is a web server proven to be the one of its URL? (RFC 7711 3, RFC 9525, TRUST-RULES 8.1)
 *
 * In:   one HTTPS hop, the trust stores
 * Out:  WebEvidence: whether TLS, path and name hold, line by line
 * Not:  what the web server says (posh.ts, host-meta.ts)
 */
import type { Instant } from '../../shared/basics.ts';
import type { HttpsSeen, TlsFacts } from '../../shared/observation.ts';
import { WEB, type WebCode } from '../../shared/phrases/posh-web.ts';
import type { HttpsHop, Step } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { decodeCertificate, type Certificate } from '../wire/certificate.ts';
import { canonicalAddress, addressFamily } from '../wire/ip.ts';
import { judgeStaple } from './ocsp.ts';
import { judgePath } from './path.ts';
import type { TrustStore } from './stores.ts';

export type WebEvidence = {
  readonly holds: boolean;
  readonly steps: readonly Step[];
  /** The first sentence that says what is wrong; '' where all holds. */
  readonly problem: string;
};

/** RFC 8996: nothing below TLS 1.2. */
const GOOD_PROTOCOLS: ReadonlySet<string> = new Set(['TLSv1.2', 'TLSv1.3']);
/** Presented names listed in a sentence. */
const NAMES_SHOWN = 5;
/** Certificates of one chain that are read. A chain has three or four; TLS itself would allow megabytes. */
const MOST_CERTIFICATES = 100;

/** Judges one hop by its own URL's host: HTTPS takes DNS-ID and iPAddress only, never the subject (RFC 9525 6.3). */
export function judgeWeb(hop: HttpsSeen, stores: readonly TrustStore[], now: Instant): WebEvidence {
  const host = urlHost(hop.url);
  const steps: Step[] = [];
  const say = (code: WebCode, ok: boolean, detail = ''): void => {
    const said = WEB[code]({ host: visible(host), detail });
    steps.push({ id: code, ok, text: said.text, ref: said.ref });
  };
  const { tls } = hop;
  if (tls === null) {
    say('web-no-handshake', false);
    return done(steps);
  }
  const good = GOOD_PROTOCOLS.has(tls.protocol);
  say(good ? 'web-handshake' : 'web-old-tls', good, visible(tls.protocol));
  const chain = readChain(tls);
  if (chain.leaf === null) {
    say(chain.problem === null ? 'web-no-certificate' : 'web-bad-certificate', false, chain.problem ?? '');
    return done(steps);
  }
  const path = judgePath({ leaf: chain.leaf, sent: chain.sent, stores, now, purpose: 'server' });
  const cause = path.problems[0]?.text ?? 'no path to a known root was found.';
  say(path.holds ? 'web-path' : 'web-path-fails', path.holds, cause);
  const staple = judgeStaple(tls, chain.leaf, path.path[1] ?? null, now);
  if (staple.status === 'revoked') say('web-revoked', false);
  const named = carriesHost(chain.leaf, host);
  say(named ? 'web-name' : 'web-name-fails', named, presented(chain.leaf));
  return done(steps);
}

/** The hop for the report. */
export function reportHop(hop: HttpsSeen, web: WebEvidence): HttpsHop {
  return {
    url: visible(hop.url, LONGEST_SHOWN_URL),
    status: hop.outcome.ok ? hop.outcome.value.status : null,
    problem: hop.outcome.ok ? null : hop.outcome.problem.code,
    certificate: web.steps,
    protocol: hop.tls?.protocol ?? null,
    from: [hop.id],
  };
}

const LONGEST_SHOWN_URL = 2000;

/** The host of a URL: A-labels in lower-case, or an address without brackets; '' for what is no URL. */
export function urlHost(url: string): string {
  if (!URL.canParse(url)) return '';
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Whether a certificate carries a web host: iPAddress for addresses, else DNS-ID with one whole left-most wildcard. */
export function carriesHost(leaf: Certificate, host: string): boolean {
  if (host === '') return false;
  if (addressFamily(host) !== 0) {
    const wanted = canonicalAddress(host);
    return leaf.names.some((name) => name.type === 'ip' && canonicalAddress(name.value) === wanted);
  }
  return leaf.names.some(
    (name) => name.type === 'dns' && name.ascii && coversHost(name.value.toLowerCase(), host),
  );
}

// RFC 9525 6.3: the wildcard is the whole left-most label and stands for one; TRUST-RULES 6.3: two labels after it.
function coversHost(name: string, host: string): boolean {
  if (name === host) return !name.includes('*');
  if (!name.startsWith('*.') || name.lastIndexOf('*') !== 0) return false;
  const rest = name.slice(1);
  return (
    rest.slice(1).includes('.') &&
    host.endsWith(rest) &&
    !host.slice(0, -rest.length).includes('.') &&
    host.length > rest.length
  );
}

function readChain(tls: TlsFacts): {
  readonly leaf: Certificate | null;
  readonly sent: readonly Certificate[];
  readonly problem: string | null;
} {
  const sent: Certificate[] = [];
  for (const [index, der] of tls.chain.slice(0, MOST_CERTIFICATES).entries()) {
    const read = decodeCertificate(new Uint8Array(Buffer.from(der, 'base64')));
    if (read.ok) sent.push(read.value);
    else if (index === 0) return { leaf: null, sent: [], problem: visible(read.problem.detail) };
  }
  return { leaf: sent[0] ?? null, sent, problem: null };
}

function presented(leaf: Certificate): string {
  const names = leaf.names.filter((name) => name.type === 'dns' || name.type === 'ip');
  if (names.length === 0) return 'no host name at all';
  const shown = names.slice(0, NAMES_SHOWN).map((name) => visible(name.value));
  return names.length > NAMES_SHOWN ? `${shown.join(', ')} and others` : shown.join(', ');
}

function done(steps: readonly Step[]): WebEvidence {
  const wrong = steps.find((step) => step.ok === false);
  return { holds: wrong === undefined, steps, problem: wrong?.text ?? '' };
}
