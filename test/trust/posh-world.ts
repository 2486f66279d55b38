/**
 * posh-world.ts: HTTPS hops made by hand, so that a test can break one thing.
 *
 * In:   URL, status, headers, body, certificate chain
 * Out:  HttpsSeen
 * Not:  sockets
 */
import { Buffer } from 'node:buffer';
import { makeCa, type Issued } from '../../electron/demo/certificate.ts';
import { openStore } from '../../electron/trust/stores.ts';
import type { Base64 } from '../../shared/basics.ts';
import type { HttpsPurpose, HttpsSeen, NetProblem } from '../../shared/observation.ts';
import { NOW } from './dane-world.ts';

export const webCa = makeCa({ now: NOW, name: 'Web CA' });
export const stores = [openStore('bundled', [webCa.der])];
const certificates = new Map<string, Issued>();

/** The good certificate of a web host, made once. */
export function webCertificate(host: string): Issued {
  const known = certificates.get(host) ?? webCa.issue({ now: NOW, names: { dns: [host] } });
  certificates.set(host, known);
  return known;
}

export type HopOptions = {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  readonly chain?: readonly Uint8Array[];
  readonly protocol?: string;
  readonly problem?: NetProblem;
  readonly noTls?: true;
  readonly purpose?: HttpsPurpose;
};

/** One hop that is in order but for what `options` say. */
export function hop(url: string, options: HopOptions = {}): HttpsSeen {
  const chain = options.chain ?? [webCertificate(new URL(url).hostname).der];
  const base64 = (bytes: Uint8Array | string): Base64 => Buffer.from(bytes).toString('base64') as Base64;
  return {
    id: `o ${url}`,
    kind: 'https',
    start: 0,
    end: 1,
    from: [],
    purpose: options.purpose ?? 'posh',
    url,
    addresses: ['192.0.2.1'],
    address: '192.0.2.1',
    tls:
      options.noTls === true
        ? null
        : {
            protocol: options.protocol ?? 'TLSv1.3',
            cipher: 'TLS_AES_256_GCM_SHA384',
            alpn: null,
            chain: chain.map(base64),
            ocsp: null,
            ocspAsked: false,
          },
    outcome:
      options.problem === undefined
        ? {
            ok: true,
            value: {
              status: options.status ?? 200,
              headers: options.headers ?? [],
              body: base64(options.body ?? ''),
            },
          }
        : { ok: false, problem: options.problem },
  };
}

export function redirect(url: string, location: string, status = 302): HttpsSeen {
  return hop(url, { status, headers: [['location', location]] });
}
