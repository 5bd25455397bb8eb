import type { FastifyInstance } from 'fastify';
import type { AppAuthProvider } from '../../providers/provider.ts';
import type { Providers } from '../../providers/provider-choice.ts';
import { type Readiness, registerHealth } from './health.ts';
import { registerRegister } from './register.ts';
import { registerRegisterApp } from './register-app.ts';
import type { RegistrationDeps } from './registration.ts';
import { registerStatus } from './status.ts';

export interface RouteDeps {
  readiness: Readiness;
  registration: RegistrationDeps;
  providers: Providers;
  appProvider: AppAuthProvider;
}

/** Adds the routes by which desktops register, and those that tell whether the relay lives. */
export function registerRoutes(app: FastifyInstance, deps: RouteDeps): void {
  registerStatus(app);
  registerHealth(app, deps.readiness);
  registerRegister(app, deps.providers, deps.registration);
  registerRegisterApp(app, deps.appProvider, deps.registration);
}
