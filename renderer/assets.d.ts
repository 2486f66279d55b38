/**
 * assets.d.ts: what the bundler takes besides code.
 *
 * In:   nothing
 * Out:  the type of a style sheet import
 * Not:  anything that runs
 */
declare module '*.css';
