// Floor of a desktop's memory: a Socket.IO server that does nothing but let desktops into rooms.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { serveClient: false });
io.on('connection', (socket) => {
  socket.on('join-conversation', async (name: string, ack: (isIn: boolean, name: string) => void) => {
    await socket.join(name);
    ack(true, name);
  });
});
http.listen(0);
