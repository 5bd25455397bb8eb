// The relay's Dockerfile: a linter finds nothing in it, and it keeps the rules that no linter knows.
import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT, readDoc } from '../../docs/markdown.ts';
import { readDockerfile } from '../../helpers/dockerfile.ts';

const TEXT = readFileSync(`${ROOT}relay/Dockerfile`, 'utf8');
const { devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));

const faultsOf = (text: string) => validate(text).map(({ message }) => message);

test('the linter finds nothing in the Dockerfile', () => {
  assert.equal(faultsOf(TEXT), []);
});

test('the linter finds a flag, a path and a port that Docker refuses', () => {
  const wrong = TEXT.replace('COPY relay/', 'COPY --chwon=1000 relay/')
    .replace('WORKDIR /app', 'WORKDIR app')
    .replace('EXPOSE 8080', 'EXPOSE eighty');
  assert.is(faultsOf(wrong).length, 3, faultsOf(wrong).join('\n'));
});

test('the base image is slim, and has by its tag the Node that the tests run on', () => {
  assert.match(readDockerfile(TEXT).from, new RegExp(`^node:${devDependencies.node}-[a-z]+-slim$`));
  assert.is(process.versions.node, devDependencies.node);
});

test('the pages that tell how to pin the base image name the one that is there', () => {
  for (const page of ['docs/deploy.md', 'docs/deploy.fr.md'])
    assert.match(readDoc(page), `FROM ${readDockerfile(TEXT).from}@sha256:DIGEST`);
});

test('the image runs as a user that is not root, named by number', () => {
  assert.match(readDockerfile(TEXT).user ?? '', /^[1-9]\d*:[1-9]\d*$/);
});

test('the image starts Node itself, without a shell, and builds nothing', () => {
  const { entrypoint, cmd, copies, ports } = readDockerfile(TEXT);
  assert.equal([...entrypoint, ...cmd], ['node', 'main.js']);
  assert.equal(copies, [{ from: 'relay/', to: '/app' }]);
  assert.equal(ports, [8080]);
  assert.not.match(TEXT, /^\s*(?:RUN|ADD|HEALTHCHECK|SHELL)\b/im);
});

test('a command in shell form and an instruction that is not known are refused', () => {
  assert.throws(() => readDockerfile(TEXT.replace('CMD ["main.js"]', 'CMD main.js')), 'not in exec form');
  assert.throws(() => readDockerfile(`${TEXT}RUN npm install\n`), 'RUN npm install: not understood');
});

test.run();
