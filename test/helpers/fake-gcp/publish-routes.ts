// Publishing: what arrives goes to the listeners, in place of Eventarc and the functions.
import { asObject, missing, ok, type Route } from './state.ts';

export const publishRoutes: Route[] = [
  {
    api: 'pubsub',
    method: 'POST',
    path: /^v1\/(projects\/[^/]+\/topics\/([^/:]+)):publish$/,
    answer: ({ match: [, name = '', topic = ''], body }, state) => {
      if (!state.resources.has(name)) return missing(name);
      const messages = Array.isArray(body.messages) ? body.messages.map(asObject) : [];
      const messageIds = messages.map(({ data }) => {
        const id = String(state.next());
        state.onPublish?.(topic, Buffer.from(String(data), 'base64').toString('utf8'), id);
        return id;
      });
      return ok({ messageIds });
    },
  },
];
