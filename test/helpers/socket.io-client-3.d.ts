// Version 3.0.4 under a name of its own (package.json); its types lack an entry for ES modules, and `io` is the same.
declare module 'socket.io-client-3' {
  export { io } from 'socket.io-client';
}
