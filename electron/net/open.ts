/**
 * open.ts: the network of one check, its four verbs joined.
 *
 * In:   NetOptions
 * Out:  Net
 * Not:  any of the verbs (dns.ts, visit.ts, https.ts)
 */
import { openDns } from './dns.ts';
import { fetchHttps } from './https.ts';
import type { Net, NetOptions } from './net.ts';
import { handshakes } from './tls.ts';
import { secureEndpoint, visit, type VisitTools } from './visit.ts';

/** Opens nothing by itself; sockets come with inquiries. After `close()` none is left but those of looks still running. */
export function openNet(options: NetOptions): Net {
  const dns = openDns(options);
  const closing = new AbortController();
  const tools: VisitTools = {
    dial: options.dial,
    elapsed: options.elapsed,
    stepMs: options.stepMs,
    handshake: handshakes(options.clientCertificate),
    closing: closing.signal,
  };
  return {
    askDns: (inquiry, signal) => dns.ask(inquiry, signal),
    visit: (inquiry, see, signal) => visit(inquiry, tools, see, signal),
    fetchHttps: (inquiry, signal) => fetchHttps(inquiry, tools, signal),
    secure: (inquiry, see, signal) => secureEndpoint(inquiry, tools, see, signal),
    forgetAnswers: () => options.shared?.forget(),
    close() {
      dns.close();
      closing.abort();
    },
  };
}
