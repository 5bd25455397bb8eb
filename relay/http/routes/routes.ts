import type { FastifyInstance } from 'fastify';
import {
  type ConversationNameDeps,
  registerConversationName,
} from '../../integration-keys/conversation-name.ts';
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
  conversationName: ConversationNameDeps;
}

/** Adds the routes of Google's reference, and those that tell whether the relay lives. */
export function registerRoutes(app: FastifyInstance, deps: RouteDeps): void {
  registerStatus(app);
  registerHealth(app, deps.readiness);
  registerRegister(app, deps.providers, deps.registration);
  registerRegisterApp(app, deps.appProvider, deps.registration);
  registerConversationName(app, deps.conversationName);
}
