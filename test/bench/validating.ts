/**
 * validating.ts: one SRV answer with its proof, from the first packet to the word.
 *
 * In:   a resolver, anchors, a name
 * Out:  the DNSSEC state
 * Not:  a check of a server
 */
import { performance } from 'node:perf_hooks';
import type { Instant } from '../../shared/basics.ts';
import type { Dial } from '../../electron/net/net.ts';
import { openDns } from '../../electron/net/dns.ts';
import { anchorsFrom } from '../../electron/trust/dnssec/anchors.ts';
import { questionsFor } from '../../electron/trust/dnssec/questions.ts';
import { validate } from '../../electron/trust/dnssec/validate.ts';
import { decodeMessage, type DnsMessage } from '../../electron/wire/dns-message.ts';
import { parseZoneLines } from '../../electron/wire/zone-line.ts';
import { question } from './answers.ts';

/** Asks everything at once, validates, closes. */
export async function askAndValidate(options: {
  readonly resolver: string;
  readonly anchors: string;
  readonly name: string;
  readonly dial: Dial;
}): Promise<string> {
  const asked = question(options.name, 'SRV');
  const start = performance.now();
  const dns = openDns({
    resolvers: [options.resolver],
    dial: options.dial,
    elapsed: () => performance.now() - start,
    stepMs: 5_000,
    resolverCa: [],
  });
  const { signal } = new AbortController();
  const answers = new Map<string, DnsMessage>();
  await Promise.all(
    questionsFor(asked.name, asked.type).map(async (one) => {
      const seen = await dns.ask({ kind: 'dns', question: one, resolverIndex: 0, from: [] }, signal);
      if (!seen.outcome.ok) return;
      const message = decodeMessage(Buffer.from(seen.outcome.value.reply, 'base64'));
      if (message.ok) answers.set(`${one.name} ${one.type}`, message.value);
    }),
  );
  dns.close();
  const lines = parseZoneLines(options.anchors);
  const result = validate(asked, ({ name, type }) => answers.get(`${name} ${type}`), {
    anchors: anchorsFrom(lines.ok ? lines.value : []),
    negativeAnchors: [],
    now: Date.now() as Instant,
    allowSha1: false,
  });
  return result.status;
}
