/**
 * channel-binding.ts: what ties a sign-in to this one TLS connection (RFC 5929, RFC 9266).
 *
 * In:   the secured socket, its protocol version, the server's certificate
 * Out:  the types that can be had here, strongest first, with their data
 * Not:  which one is used (mechanism.ts)
 */
import { createHash } from 'node:crypto';
import type { ChannelBindingType } from '../../shared/sign-in.ts';
import type { secureEndpoint } from '../net/visit.ts';
import { decodeCertificate } from '../wire/certificate.ts';
import { HASHES } from '../wire/certificate-key.ts';

export type SecuredSocket = NonNullable<Awaited<ReturnType<typeof secureEndpoint>>>;
export type Binding = { readonly type: ChannelBindingType; readonly data: Uint8Array };
/** The part of a TLS socket that knows its secrets. */
export type BindingSource = Pick<SecuredSocket, 'exportKeyingMaterial' | 'getFinished'>;

/**
 * All bindings of one connection, the best first. tls-exporter only under TLS 1.3: below, RFC 9266 section 3 asks for an
 * extended master secret, which the runtime does not tell. tls-unique only under TLS 1.2, where it is defined; we never
 * resume a session, so the first Finished message is ours (RFC 5929 3).
 */
export function bindingsOf(socket: BindingSource, protocol: string, leaf: Uint8Array): readonly Binding[] {
  const all: Binding[] = [];
  if (protocol === 'TLSv1.3') {
    all.push({
      type: 'tls-exporter',
      data: socket.exportKeyingMaterial(EXPORTER_BYTES, EXPORTER_LABEL, Buffer.alloc(0)),
    });
  }
  const endPoint = endPointHash(leaf);
  if (endPoint !== null) all.push({ type: 'tls-server-end-point', data: endPoint });
  const finished = protocol === 'TLSv1.2' ? socket.getFinished() : undefined;
  if (finished !== undefined && finished.length > 0) all.push({ type: 'tls-unique', data: finished });
  return all;
}

/**
 * RFC 5929 4.1: the certificate's own hash, SHA-256 in place of MD5 and SHA-1; undefined (null) for Ed25519 and the like,
 * and for RSA-PSS with a hash that nobody here knows.
 */
export function endPointHash(leaf: Uint8Array): Uint8Array | null {
  const certificate = decodeCertificate(leaf);
  if (!certificate.ok) return null;
  const { hash } = certificate.value.signatureAlgorithm;
  if (hash === null || !KNOWN.includes(hash)) return null;
  return createHash(hash === 'md5' || hash === 'sha1' ? 'sha256' : hash)
    .update(leaf)
    .digest();
}

const KNOWN: readonly string[] = Object.values(HASHES);
/** RFC 9266 2. */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
const EXPORTER_BYTES = 32;
