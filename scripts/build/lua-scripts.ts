import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OF_BOTH = ['shared/stream/append.lua', 'shared/stream/read.lua'];

/** The Lua scripts that the functions and the relay run in Redis, by their path in the source. */
const LUA_SCRIPTS = {
  functions: [...OF_BOTH, 'shared/conversation-index/note-conversation.lua'],
  relay: [...OF_BOTH, 'relay/conversations/list-conversations.lua', 'relay/conversations/read-call.lua'],
};

/** Copies the scripts beside a bundle, where they are read at run time as they are from beside their module in the source. */
export async function copyLuaScripts(of: keyof typeof LUA_SCRIPTS, folder: string): Promise<void> {
  await Promise.all(LUA_SCRIPTS[of].map((file) => copyFile(join(ROOT, file), join(folder, basename(file)))));
}
