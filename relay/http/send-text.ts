import type { FastifyReply } from 'fastify';

/** Answers with plain text, labeled as HTML: as Google's reference does, by which existing desktops know it. */
export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(text);
}
