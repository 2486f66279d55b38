/**
 * stores.ts: trust stores by name, indexed once and read lazily.
 *
 * In:   DER certificates, perhaps not read yet
 * Out:  TrustStore: the anchors with a given subject
 * Not:  reading files or asking the system (electron/ground.ts)
 */
import { decodeCertificate, type Certificate } from '../wire/certificate.ts';
import { decodeSubject } from '../wire/certificate-subject.ts';

export type TrustStore = {
  /** `bundled`, `system` or `file <name>`. */
  readonly name: string;
  /** Reads the store now. It is read at the first question anyhow; while answers are on their way it costs nobody time. */
  prepare(): void;
  /** The anchors whose subject is this name, in its comparison form (DistinguishedName.canonical). */
  candidates(canonical: string): readonly Certificate[];
  /** Whether exactly this certificate is in the store. */
  holds(certificate: Certificate): boolean;
};

/**
 * Makes a store. Nothing is read before the first question, then only the subjects, once for the life of the store; a whole
 * certificate is decoded when its subject is asked for. Certificates that do not parse vouch for nobody and are left out.
 */
export function openStore(name: string, certificates: Iterable<Uint8Array>): TrustStore {
  let read: ReadonlyMap<string, readonly Uint8Array[]> | null = null;
  const decoded = new Map<string, readonly Certificate[]>();
  const index = (): ReadonlyMap<string, readonly Uint8Array[]> => (read ??= bySubject(certificates));

  function candidates(canonical: string): readonly Certificate[] {
    const known = decoded.get(canonical);
    if (known !== undefined) return known;
    const found = (index().get(canonical) ?? []).flatMap((der) => {
      const certificate = decodeCertificate(der);
      return certificate.ok ? [certificate.value] : [];
    });
    // Only names of the store are remembered: names from outside must not fill the memory.
    if (found.length > 0) decoded.set(canonical, found);
    return found;
  }

  return {
    name,
    prepare: () => void index(),
    candidates,
    holds: (certificate) =>
      candidates(certificate.subject.canonical).some((c) => c.sha256 === certificate.sha256),
  };
}

function bySubject(certificates: Iterable<Uint8Array>): ReadonlyMap<string, readonly Uint8Array[]> {
  const index = new Map<string, Uint8Array[]>();
  for (const der of certificates) {
    const subject = decodeSubject(der);
    if (!subject.ok) continue;
    const same = index.get(subject.value.canonical);
    if (same === undefined) index.set(subject.value.canonical, [der]);
    else same.push(der);
  }
  return index;
}
