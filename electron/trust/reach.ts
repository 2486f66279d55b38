/**
 * reach.ts: how far did the look at one endpoint come, and what does the stream say? (TRUST-RULES section 9, rows 1 and 2)
 *
 * In:   the looks at one endpoint
 * Out:  Reach: the word of the report, and whether it is row 1 or row 2 that ends it
 * Not:  the certificate (judge-endpoint.ts)
 */
import type { NetProblem, TlsFacts } from '../../shared/observation.ts';
import { reachPhrases, type ReachCode } from '../../shared/phrases/reach.ts';
import { problemText } from '../../shared/phrases/problem.ts';
import type { EndpointReport, Reached, Reason } from '../../shared/report.ts';
import type { Mode, Service } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import { readOpening, type Opening } from '../wire/xmpp-stream.ts';
import type { Looks } from './seen.ts';

export type Reach = {
  readonly reached: Reached;
  /** Row 1, row 2, or neither. */
  readonly row: '1' | '2' | null;
  readonly reason: Reason | null;
  readonly tls: TlsFacts | null;
  readonly stream: EndpointReport['stream'];
  readonly warnings: readonly Reason[];
};

export type ReachInput = {
  readonly looks: Looks;
  readonly mode: Mode;
  readonly service: Service;
  /** Not connected to, by rule 2.9. */
  readonly isPrivate: boolean;
};

/** Reads the looks of one endpoint in the order in which they happened; the first that failed decides. */
export function judgeReach(input: ReachInput): Reach {
  const { looks, mode } = input;
  const ns = input.service === 'xmpp-client' ? 'jabber:client' : 'jabber:server';
  const before =
    looks.before === undefined ? null : readOpening(Buffer.from(looks.before.received, 'base64'), ns);
  const after =
    looks.after === undefined ? null : readOpening(Buffer.from(looks.after.received, 'base64'), ns);
  const stream = streamReport(mode, before, after);
  const from = [looks.tcp, looks.before, looks.tls, looks.after].flatMap((o) => o?.id ?? []);
  const end = (reached: Reached, row: Reach['row'], code: ReachCode, detail = ''): Reach => ({
    reached,
    row,
    reason: { code, ...reachPhrases[code](detail), from },
    tls: null,
    stream,
    warnings: [],
  });

  if (input.isPrivate) return end('not-tested', '1', 'private-address');
  if (looks.tcp === undefined) return end('timeout', '1', 'out-of-time');
  if (!looks.tcp.outcome.ok) return end(...tcpEnd(looks.tcp.outcome.problem));

  if (mode === 'starttls') {
    const problem = looks.before?.problem ?? null;
    const said = problem === null ? '' : problemText(problem);
    if (before === null) return end('timeout', '1', 'out-of-time');
    if (before.header === null) {
      if (before.malformed !== null) return end('no-xmpp', '1', 'not-xmpp', visible(before.malformed));
      return end(problem?.code === 'timed-out' ? 'timeout' : 'no-xmpp', '1', 'no-answer', said);
    }
    if (before.streamError !== null && before.answer === null) {
      return end('no-xmpp', '1', 'stream-error', errorText(before));
    }
    if (before.features === null) {
      if (before.malformed !== null) return end('no-xmpp', '1', 'not-xmpp', visible(before.malformed));
      return end(problem?.code === 'timed-out' ? 'timeout' : 'no-xmpp', '1', 'no-features', said);
    }
    if (before.features.starttls === 'absent') return end('no-tls', '2', 'starttls-not-offered');
    if (before.answer === 'failure') return end('no-tls', '2', 'starttls-refused');
    if (before.answer === null) {
      if (before.malformed !== null) return end('no-xmpp', '1', 'not-xmpp', visible(before.malformed));
      return end(problem?.code === 'timed-out' ? 'timeout' : 'unreachable', '1', 'no-proceed', said);
    }
    if (looks.tls === undefined && before.leftover === 0 && problem?.code === 'malformed') {
      // <proceed/> before anybody asked for it, or something else that is not the protocol.
      return end('no-xmpp', '1', 'not-xmpp', said);
    }
    if (before.leftover > 0) return end('tls-failed', '2', 'bytes-before-handshake', String(before.leftover));
  }

  const { tls } = looks;
  if (tls === undefined) {
    // The time ran out between <proceed/> and the handshake, or right after connecting.
    return end('timeout', '1', 'out-of-time');
  }
  if (!tls.outcome.ok) {
    const { problem } = tls.outcome;
    // On a direct-TLS port a server that never says a word has not begun a handshake; after <proceed/> it has agreed to.
    if (problem.code === 'timed-out' && mode === 'direct-tls')
      return end('timeout', '1', 'no-answer', problemText(problem));
    if (problem.code === 'closed-early' && mode === 'direct-tls')
      return end('unreachable', '1', 'no-answer', problemText(problem));
    return end('tls-failed', '2', 'handshake-failed', problemText(problem));
  }
  const facts = tls.outcome.value;
  const warnings = afterTls(looks, after, from);
  if (facts.chain.length === 0) return { ...end('tls', '2', 'no-certificate'), tls: facts, warnings };
  if (!MODERN.includes(facts.protocol))
    return { ...end('tls', '2', 'tls-too-old', visible(facts.protocol)), tls: facts, warnings };
  return { reached: 'tls', row: null, reason: null, tls: facts, stream, warnings };
}

function tcpEnd(problem: NetProblem): [Reached, '1', ReachCode, string] {
  switch (problem.code) {
    case 'refused':
      return ['refused', '1', 'connection-refused', ''];
    case 'timed-out':
      return ['timeout', '1', 'connect-timeout', problemText(problem)];
    case 'no-family':
      return ['not-tested', '1', 'no-family', ''];
    default:
      return ['unreachable', '1', 'connect-failed', problemText(problem)];
  }
}

/** What went wrong behind the encryption. It says nothing about the certificate, so it is told beside the verdict. */
function afterTls(looks: Looks, after: Opening | null, from: readonly string[]): readonly Reason[] {
  if (looks.after === undefined || after === null || after.features !== null) return [];
  const { problem, endpoint } = looks.after;
  const [code, why]: [ReachCode, string] =
    after.streamError !== null
      ? ['stream-error-after-tls', errorText(after)]
      : ['no-xmpp-after-tls', after.malformed ?? (problem === null ? '' : problemText(problem))];
  const said = [endpoint.address, why].filter((part) => part !== '').join(': ');
  return [{ code, ...reachPhrases[code](visible(said)), from }];
}

function errorText(opening: Opening): string {
  const { condition = '', text = null, otherHost = null } = opening.streamError ?? {};
  return visible([condition, otherHost, text].filter((part) => part !== null && part !== '').join(', '));
}

function streamReport(mode: Mode, before: Opening | null, after: Opening | null): EndpointReport['stream'] {
  const error = [after, before].find((o) => o !== null && o.streamError !== null) ?? null;
  const features = after?.features ?? null;
  const starttls = mode === 'direct-tls' ? 'not-applicable' : (before?.features?.starttls ?? 'unknown');
  return {
    starttls,
    mechanisms: features?.mechanisms ?? [],
    channelBindings: features?.channelBindings ?? [],
    features: features?.others ?? [],
    mechanismsBeforeTls: before?.features?.mechanisms ?? [],
    error: error === null ? null : errorText(error),
  };
}

/** RFC 8996, RFC 9325 3.1.1: nothing older than TLS 1.2. */
const MODERN: readonly string[] = ['TLSv1.2', 'TLSv1.3'];
