/**
 * seen.ts: the observations of one check, found by what they are about.
 *
 * In:   observations in the order in which they were recorded
 * Out:  Seen: DNS replies by question, network looks by endpoint, HTTPS hops by purpose
 * Not:  judging any of it
 */
import type { DnsName } from '../../shared/basics.ts';
import type {
  DnsSeen,
  EndpointAddress,
  HttpsPurpose,
  HttpsSeen,
  Observation,
  Question,
  StreamSeen,
  TcpSeen,
  TlsSeen,
} from '../../shared/observation.ts';
import { decodeMessage, TYPE, typeNumber, type DnsMessage, type Rr } from '../wire/dns-message.ts';
import { isTooLong, isUnder } from '../wire/dns-name.ts';
import { decodeCname } from '../wire/dns-records.ts';

/** A usable answer to a question, or undefined: none, SERVFAIL, REFUSED, malformed, or an answer to something else. */
export type Lookup = (question: Question) => DnsMessage | undefined;

export type Looks = {
  readonly tcp?: TcpSeen;
  readonly before?: StreamSeen;
  readonly tls?: TlsSeen;
  readonly after?: StreamSeen;
};

export type Seen = {
  readonly observations: readonly Observation[];
  readonly dns: readonly DnsSeen[];
  /** The look at one question through one resolver, by its dnsKey. */
  dnsBy(key: string): DnsSeen | undefined;
  /** Answers as the resolvers from `first` on (and then those before it) gave them: the first usable one. */
  lookup(first: number): Lookup;
  /** The look whose answer `lookup(first)` returns, or the last failed one. */
  source(question: Question, first: number): DnsSeen | undefined;
  looks(endpoint: EndpointAddress): Looks;
  https(purpose: HttpsPurpose): readonly HttpsSeen[];
};

export function endpointKey(e: EndpointAddress): string {
  return `${e.mode} ${e.host} ${e.port} ${e.address}`;
}

export function questionKey(q: Question): string {
  return `${q.name} ${q.type}`;
}

/** One question through one resolver. Names can be long: make it once where it is needed twice. */
export function dnsKey(q: Question, resolverIndex: number): string {
  return `dns ${questionKey(q)} ${resolverIndex}`;
}

/** Indexes observations. A later one about the same thing never replaces an earlier one. */
export function indexObservations(observations: readonly Observation[]): Seen {
  const dns = new Map<string, DnsSeen>();
  const all: DnsSeen[] = [];
  const looks = new Map<string, { -readonly [K in keyof Looks]: Looks[K] }>();
  const https = new Map<HttpsPurpose, HttpsSeen[]>();
  let resolvers = 1;
  for (const o of observations) {
    switch (o.kind) {
      case 'dns': {
        const key = dnsKey(o.question, o.resolverIndex);
        if (!dns.has(key)) dns.set(key, o);
        resolvers = Math.max(resolvers, Math.min(o.resolverIndex, MOST_RESOLVERS - 1) + 1);
        all.push(o);
        break;
      }
      case 'https':
        https.set(o.purpose, [...(https.get(o.purpose) ?? []), o]);
        break;
      default: {
        const key = endpointKey(o.endpoint);
        const of = looks.get(key) ?? {};
        if (o.kind === 'tcp') of.tcp ??= o;
        else if (o.kind === 'tls') of.tls ??= o;
        else if (o.phase === 'before-tls') of.before ??= o;
        else of.after ??= o;
        looks.set(key, of);
      }
    }
  }
  const orders = Array.from({ length: resolvers }, (_, first) =>
    Array.from({ length: resolvers }, (__, i) => (first + i) % resolvers),
  );
  const source = (q: Question, first: number): DnsSeen | undefined => {
    let last: DnsSeen | undefined;
    for (const index of orders[first % resolvers] ?? []) {
      const one = dns.get(dnsKey(q, index));
      if (one === undefined) continue;
      if (usableReply(one) !== undefined) return one;
      last = one;
    }
    return last;
  };
  return {
    observations,
    dns: all,
    dnsBy: (key) => dns.get(key),
    source,
    lookup: (first) => (q) => {
      const one = source(q, first);
      return one === undefined ? undefined : usableReply(one);
    },
    looks: (e) => looks.get(endpointKey(e)) ?? {},
    https: (purpose) => https.get(purpose) ?? [],
  };
}

/** The reply of one look, decoded once: any well-formed message, whatever its RCODE; undefined otherwise. */
export function anyReply(seen: DnsSeen): DnsMessage | undefined {
  const known = decoded.get(seen);
  if (known !== undefined) return known ?? undefined;
  const message = seen.outcome.ok
    ? decodeMessage(Buffer.from(seen.outcome.value.reply, 'base64'))
    : undefined;
  const value = message?.ok === true ? message.value : null;
  decoded.set(seen, value);
  return value ?? undefined;
}

/**
 * The reply of one look if it can be believed to answer the question: NOERROR or NXDOMAIN for this question, or the DNAME
 * whose alias would be too long a name.
 */
export function usableReply(seen: DnsSeen): DnsMessage | undefined {
  const message = anyReply(seen);
  if (message === undefined || !message.response || message.truncated) return undefined;
  if (message.rcode !== NOERROR && message.rcode !== NXDOMAIN && !isTooLongAlias(message)) return undefined;
  const [asked] = message.questions;
  if (asked?.name !== seen.question.name || asked.type !== typeNumber(seen.question.type)) return undefined;
  return isReferral(message) ? undefined : message;
}

/** RFC 2308 2.2, RFC 1034 4.3.1: a server that does not recurse names others that may know. That is no absence. */
function isReferral({ authoritative, recursionAvailable, answer, authority }: DnsMessage): boolean {
  if (authoritative || recursionAvailable || answer.length > 0) return false;
  return authority.some((rr) => rr.type === TYPE.NS) && !authority.some((rr) => rr.type === TYPE.SOA);
}

/** RFC 6672 2.2 and 3.1: YXDOMAIN comes with the DNAME that cannot be followed. Without it YXDOMAIN tells nothing. */
export function isTooLongAlias({ rcode, questions, answer }: DnsMessage): boolean {
  if (rcode !== YXDOMAIN) return false;
  const asked = questions.slice(0, 1).map(({ name }) => name);
  const names = [...asked, ...targetsOf(answer, TYPE.CNAME).map(([, to]) => to)];
  return targetsOf(answer, TYPE.DNAME).some(([owner, to]) =>
    names.some((name) => {
      if (name === owner || !isUnder(name, owner)) return false;
      const front = owner === '' ? name : name.slice(0, name.length - owner.length - 1);
      return to !== '' && isTooLong(`${front}.${to}` as DnsName);
    }),
  );
}

/** Owners and targets of aliases: as many as anybody follows. */
function targetsOf(answer: readonly Rr[], type: number): readonly (readonly [DnsName, DnsName])[] {
  const aliases = answer.filter((rr) => rr.type === type).slice(0, MOST_ALIASES);
  return aliases.flatMap(({ name, rdata }) => {
    const target = decodeCname(rdata);
    return target.ok ? [[name, target.value] as const] : [];
  });
}

/** Decoding is a pure function of the look: remembering its result changes nothing but the time it takes. */
const decoded = new WeakMap<DnsSeen, DnsMessage | null>();
/** RFC 1035 4.1.1, RFC 2136 2.2. */
const NOERROR = 0;
const NXDOMAIN = 3;
const YXDOMAIN = 6;
/** As many as follow.ts follows. */
const MOST_ALIASES = 16;
/** More resolvers than a person would list. A saved file cannot make us walk further. */
const MOST_RESOLVERS = 16;
