/**
 * save.ts: hands a text to the person as a file.
 *
 * In:   a file name and a text
 * Out:  a download
 * Not:  choosing what is in it
 */

/** Saves `text` as a download named `name`, reduced to characters that every file system takes. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 120);
  link.click();
  // Revoked later: some browsers read the address after the click has returned. 10 s, chosen.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
