/**
 * counts.mjs: what test runners wrote down, as numbers.
 *
 * In:   vitest's JSON, bun's JUnit text
 * Out:  countVitest, countBun, missingPeers
 * Not:  running anything (test.mjs)
 */
import { relative, sep } from 'node:path';

/**
 * @param {{ testResults: { name: string, status: string, message?: string,
 *   assertionResults: { status: string, fullName: string }[] }[] }} result Vitest's JSON report.
 */
export function countVitest(result) {
  const counts = {
    passed: 0,
    failed: 0,
    skipped: 0,
    /** @type {{ file: string, name: string }[]} */ skippedNames: [],
  };
  for (const file of result.testResults) {
    // A file that broke before its first test counts as one failure, or it would not be counted at all.
    if (file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'))
      counts.failed += 1;
    for (const one of file.assertionResults) {
      if (one.status === 'passed') counts.passed += 1;
      else if (one.status === 'failed') counts.failed += 1;
      else {
        counts.skipped += 1;
        counts.skippedNames.push({ file: file.name, name: one.fullName });
      }
    }
  }
  return counts;
}

/** @param {string} xml Bun's JUnit report; its outermost element carries the sums. */
export function countBun(xml) {
  const head = /<testsuites\b[^>]*>/.exec(xml)?.[0] ?? '';
  const tests = attribute(head, 'tests');
  const failed = attribute(head, 'failures');
  const skipped = attribute(head, 'skipped');
  return { passed: tests - failed - skipped, failed, skipped };
}

/** @param {string} element @param {string} name */
function attribute(element, name) {
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(element)?.[1] ?? 0);
}

/**
 * The skipped tests that only a missing program can explain.
 *
 * @param {readonly { file: string, name: string }[]} skipped
 * @param {string} root
 */
export function missingPeers(skipped, root) {
  return skipped.filter((one) =>
    /^test\/(interop|e2e)\//.test(relative(root, one.file).split(sep).join('/')),
  );
}
