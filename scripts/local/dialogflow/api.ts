import { ApiError } from './api-error.ts';
import { conversationRoutes } from './conversation-routes.ts';
import type { Conversations } from './conversations.ts';
import { resourceRoutes } from './resource-routes.ts';
import type { ApiRequest } from './route.ts';
import { suggestionRoutes } from './suggestion-routes.ts';

/** The simulator's REST API, the methods that agent desktops use; any other is `NOT_FOUND`. */
export function createApi(conversations: Conversations): (request: ApiRequest) => Promise<unknown> {
  const routes = [
    ...conversationRoutes(conversations),
    ...suggestionRoutes(conversations),
    ...resourceRoutes(),
  ];
  return async (request) => {
    for (const { method, pattern, handle } of routes) {
      const name = method === request.method ? pattern.exec(request.path)?.[1] : undefined;
      if (name !== undefined) return handle(name, request);
    }
    throw new ApiError('NOT_FOUND', `Method not found: ${request.method} ${request.path}`);
  };
}
