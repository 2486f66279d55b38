/**
 * plain-data.ts: is a message from the page plain data of bearable size?
 *
 * In:   anything that structured cloning can deliver
 * Out:  isPlainData
 * Not:  what the data means (the engine parses every argument again)
 */

/** A saved report with its observations is the largest thing a page sends; 32 MB is ten times what one ever weighed. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** A report nests about twelve deep. */
const DEEPEST = 64;
const MOST_VALUES = 1_000_000;

/** True for JSON-like values within the limits: no cycles, no maps, dates, buffers or functions. Visits each value once. */
export function isPlainData(value: unknown): boolean {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  let values = 0;
  let characters = 0;

  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const one = next.value;
    values += 1;
    if (typeof one === 'string') characters += one.length;
    // A cycle never ends, so it runs into one of these.
    if (values > MOST_VALUES || characters > MOST_CHARACTERS || next.depth > DEEPEST) return false;
    if (!isContainer(one)) {
      if (!isScalar(one)) return false;
      continue;
    }
    if (Array.isArray(one) && one.length > MOST_VALUES) return false;
    for (const [key, child] of Object.entries(one)) {
      characters += key.length;
      waiting.push({ value: child, depth: next.depth + 1 });
      if (waiting.length > MOST_VALUES) return false;
    }
  }
  return true;
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function isScalar(value: unknown): boolean {
  return value === null || value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
}
