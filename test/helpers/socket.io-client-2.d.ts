// Version 2.5.0 under a name of its own (package.json), as far as tests use it. The package has no types.
declare module 'socket.io-client-2' {
  interface OldSocket {
    on(event: string, listener: (error: Error & { description?: unknown }) => void): this;
    close(): this;
  }
  export default function io(url: string, options: { transports: string[]; forceNew: boolean }): OldSocket;
}
