import type { Test } from 'uvu';
import { RedisFixture } from '../helpers/redis-fixture.ts';
import {
  buildFunctions,
  type DeployedFunctions,
  deployFunctions,
  type FunctionsBuild,
} from './deployed-functions.ts';

/** The four functions in processes of their own, on a Redis. */
export class FunctionsFixture extends RedisFixture {
  readonly #settings: Record<string, string>;
  #deployed: { build: FunctionsBuild; functions: DeployedFunctions } | undefined;

  /** @param settings environment variables of the functions. */
  constructor(test: Test, settings: Record<string, string> = {}) {
    super(test);
    this.#settings = settings;
  }

  protected override async start(): Promise<void> {
    const [build] = await Promise.all([buildFunctions(this), super.start()]);
    const functions = await deployFunctions(this, build, { ...this.server.env, ...this.#settings });
    this.#deployed = { build, functions };
  }

  get functions(): DeployedFunctions {
    return this.#parts.functions;
  }

  get build(): FunctionsBuild {
    return this.#parts.build;
  }

  /** Starts the functions once more, with other settings. */
  deploy(settings: Record<string, string>): Promise<DeployedFunctions> {
    return deployFunctions(this, this.build, settings);
  }

  get #parts() {
    if (this.#deployed === undefined) throw new Error('the functions start before the first test');
    return this.#deployed;
  }
}
