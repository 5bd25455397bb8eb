import { spawnSync } from 'node:child_process';
import { test } from 'uvu';

export const hasGcloud = spawnSync('gcloud', ['--version']).status === 0;
if (!hasGcloud) console.log('skipped: gcloud is not installed');

/** A test of the real gcloud, which comes from no package of Debian's: skipped where it is not installed. */
export const withGcloud = hasGcloud ? test : test.skip;
