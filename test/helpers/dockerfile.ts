// What a Dockerfile makes, as far as the project's own uses the language. There is no Docker engine where the tests run.
import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join, posix } from 'node:path';
import { DockerfileParser, Entrypoint, type Instruction, JSONInstruction } from 'dockerfile-ast';

export interface ImageRecipe {
  /** The base image, with its tag. */
  from: string;
  /** Each from the build context to an absolute path, in order. */
  copies: { from: string; to: string }[];
  workdir: string;
  env: Record<string, string>;
  /** As it is written; undefined where the image runs as its base does. */
  user: string | undefined;
  ports: number[];
  entrypoint: string[];
  cmd: string[];
}

/** @throws {Error} for an instruction, or a form of one, that {@link ImageRecipe} cannot tell. */
export function readDockerfile(text: string): ImageRecipe {
  const recipe: ImageRecipe = {
    from: '',
    copies: [],
    workdir: '/',
    env: {},
    user: undefined,
    ports: [],
    entrypoint: [],
    cmd: [],
  };
  for (const instruction of DockerfileParser.parse(text).getInstructions()) apply(instruction, recipe);
  return recipe;
}

function apply(instruction: Instruction, recipe: ImageRecipe): void {
  const keyword = instruction.getKeyword();
  const words = instruction.getExpandedArguments().map((argument) => argument.getValue());
  const [first = ''] = words;
  if (keyword === 'FROM' && words.length === 1 && recipe.from === '') recipe.from = first;
  else if (keyword === 'ENV') Object.assign(recipe.env, Object.fromEntries(words.map(splitPair)));
  else if (keyword === 'WORKDIR') recipe.workdir = posix.resolve(recipe.workdir, first);
  else if (keyword === 'COPY' && words.length === 2 && !first.startsWith('--'))
    recipe.copies.push({ from: first, to: posix.resolve(recipe.workdir, words[1] ?? '') });
  else if (keyword === 'USER') recipe.user = first;
  else if (keyword === 'EXPOSE') recipe.ports.push(...words.map(Number));
  else if (keyword === 'ENTRYPOINT' || keyword === 'CMD')
    recipe[instruction instanceof Entrypoint ? 'entrypoint' : 'cmd'] = execForm(instruction);
  else throw new Error(`${keyword} ${words.join(' ')}: not understood`);
}

function splitPair(pair: string): [name: string, value: string] {
  const [name = '', value] = pair.split(/=(.*)/s);
  if (value === undefined) throw new Error(`ENV ${pair}: not NAME=VALUE`);
  return [name, value];
}

/** A command in shell form would run in a shell, which ends on SIGTERM and does not pass it on. */
function execForm(instruction: Instruction): string[] {
  const isExec = instruction instanceof JSONInstruction && instruction.getOpeningBracket() !== null;
  if (!isExec) throw new Error(`${instruction.getKeyword()} is not in exec form`);
  return instruction.getJSONStrings().map((word) => word.getJSONValue());
}

/**
 * Lays a file system down as the image has it on top of its base.
 *
 * @param context The folder that the image is built from.
 * @returns the recipe
 */
export function layImage(context: string, root: string): ImageRecipe {
  const recipe = readDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'));
  mkdirSync(join(root, recipe.workdir), { recursive: true });
  for (const { from, to } of recipe.copies) {
    if (isAbsolute(from) || from.split('/').includes('..'))
      throw new Error(`COPY ${from}: not in the context`);
    // A folder is copied by its contents.
    cpSync(join(context, from), join(root, to), { recursive: true });
  }
  // A temporary folder is its owner's alone.
  chmodSync(root, 0o755);
  return recipe;
}
